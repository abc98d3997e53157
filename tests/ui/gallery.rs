//! Pictures of every widget in every state: a change of a widget is seen here, whatever page it is on.

#[path = "../../examples/gallery.rs"]
mod example;

use std::time::Duration;

use example::Contrast;
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, PhysicalSize};

use crate::kit;

#[test]
fn widgets_look_as_they_were_blessed() {
    kit::platform();
    let looks = [
        ("normal", false, Contrast::Standard),
        ("large", true, Contrast::Standard),
        ("dark", false, Contrast::Dark),
        ("light", false, Contrast::Light),
    ];
    let changed: Vec<String> = looks
        .into_iter()
        .filter_map(|(name, large, contrast)| {
            let gallery = example::gallery(large, contrast).expect("the window");
            gallery.show().expect("shown");
            let (width, height) = (gallery.get_whole_width(), gallery.get_whole_height());
            gallery.window().set_size(PhysicalSize::new(width.ceil() as u32, height.ceil() as u32));
            let (position, button) = (gallery.get_finger(), PointerEventButton::Left);
            gallery.window().dispatch_event(WindowEvent::PointerPressed { position, button });
            // What lies in something that can be dragged is told a little later of the finger.
            i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(200));
            let picture = gallery.window().take_snapshot().expect("a picture");
            kit::compare(&format!("gallery_{name}.png"), &picture).err()
        })
        .collect();
    assert!(changed.is_empty(), "look, then BLESS=1:\n{}", changed.join("\n"));
}
