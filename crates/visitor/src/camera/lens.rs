//! Where on the screen a pixel of the photo looks at, when the phone is not held straight.

/// A phone before the screen; lengths in the screen's pixels from the code's middle.
pub(super) struct View {
    /// The screen's own two directions and the way out of it, as the phone sees them.
    right: [f32; 3],
    down: [f32; 3],
    out: [f32; 3],
    away: f32,
}

impl View {
    /// Tilted by degrees about the horizontal (`nod`) and the vertical axis (`turn`), so many pixels away.
    pub fn new(nod: f32, turn: f32, away: f32) -> Self {
        let (sin_n, cos_n) = nod.to_radians().sin_cos();
        let (sin_t, cos_t) = turn.to_radians().sin_cos();
        Self {
            right: [cos_t, 0.0, -sin_t],
            down: [sin_n * sin_t, cos_n, sin_n * cos_t],
            out: [cos_n * sin_t, -sin_n, cos_n * cos_t],
            away,
        }
    }

    /// The place on the screen that is seen at a place of the photo (the same where the view is straight); `None` where
    /// the view misses the screen's plane.
    pub fn on_screen(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let ray = [x, y, self.away];
        let along = dot(self.out, ray);
        if along <= 0.05 * self.away {
            return None;
        }
        let far = self.out[2] * self.away / along;
        let hit = [ray[0] * far, ray[1] * far, ray[2] * far - self.away];
        Some((dot(self.right, hit), dot(self.down, hit)))
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Option<(f32, f32)>, b: (f32, f32)) -> bool {
        a.is_some_and(|a| (a.0 - b.0).abs() < 0.01 && (a.1 - b.1).abs() < 0.01)
    }

    #[test]
    fn a_straight_view_changes_nothing() {
        let view = View::new(0.0, 0.0, 500.0);
        assert!(near(view.on_screen(0.0, 0.0), (0.0, 0.0)));
        assert!(near(view.on_screen(-31.0, 70.0), (-31.0, 70.0)));
    }

    #[test]
    fn a_tilted_screen_keeps_its_middle_and_shrinks_to_one_side() {
        let view = View::new(0.0, 45.0, 500.0);
        assert!(near(view.on_screen(0.0, 0.0), (0.0, 0.0)));
        let [left, right] = [-100.0, 100.0].map(|x| view.on_screen(x, 0.0).expect("seen").0);
        // Ray (100, 0, 500) meets the plane at 45° where u / √2 = 100 (1 − u / √2 / 500), u = 117.85; to the left, 176.8.
        assert!((left.abs().max(right.abs()) - 176.78).abs() < 0.1, "{left} {right}");
        assert!((left.abs().min(right.abs()) - 117.85).abs() < 0.1, "{left} {right}");
    }

    #[test]
    fn along_the_glass_only_the_near_side_is_seen() {
        let view = View::new(88.0, 0.0, 500.0);
        assert!(view.on_screen(0.0, -100.0).is_some() != view.on_screen(0.0, 100.0).is_some());
    }
}
