//! The slides for a kiosk at which nobody stands: a notice sentence by sentence, a tariff price by price. Each says one
//! thing, so that it is large on every panel.

use jiff::civil::Date;
use powerhall_api::{Attract, Line, Slide, Text};

use super::sentence;
use crate::Hall;

impl Hall {
    /// `None` where the hall shows nothing, or nothing of it holds on that day.
    pub(super) fn attract(&self, day: Date) -> Option<Attract> {
        let attract = self.catalogue.attract.as_ref()?;
        let slides: Vec<_> = attract.sheets.iter().flat_map(|sheet| self.slides(sheet, day)).collect();
        let (seconds, languages) = (attract.seconds, attract.languages.clone());
        (!slides.is_empty()).then_some(Attract { seconds, languages, slides })
    }

    fn slides(&self, sheet: &str, day: Date) -> Vec<Slide> {
        let slide = |title: &Text, line: Line| Slide { title: title.clone(), line };
        match sheet.split_once('/') {
            Some(("notices", key)) => {
                let Some(notice) = self.notices.get(key).filter(|notice| notice.is_up(day)) else {
                    return Vec::new();
                };
                let title = self.text(&format!("notice.{key}"));
                let lines = notice.lines.iter().map(|line| sentence(self.text(&format!("line.{line}"))));
                lines.map(|line| slide(&title, line)).collect()
            }
            Some(("tariffs", key)) => {
                let Some(prices) = self.tariffs.get(key).and_then(|tariff| tariff.on(day).ok()) else {
                    return Vec::new();
                };
                let title = self.text(&format!("class.{key}"));
                self.energy(&prices.rates).into_iter().map(|line| slide(&title, line)).collect()
            }
            _ => {
                let title = self.text("sheet.promises");
                let keys = self.promises.keys.iter();
                keys.map(|key| slide(&title, sentence(self.text(&format!("promise.{key}"))))).collect()
            }
        }
    }
}
