//! The sheet of a guide: who may apply, how long it takes, what it costs, where, which papers, and the steps.

use powerhall_api::{Checklist, Errand, Line, Part, Sheet};

use super::{fact, numbered, plain, sentence};
use crate::{Cost, Documents, Guide, Hall};

impl Hall {
    /// `None` where its service is not on file; the check of the folder has refused that before.
    pub(super) fn guide_sheet(&self, guide: &Guide) -> Option<Sheet> {
        let service = self.services.get(&guide.service)?;
        let mut origins = vec![&guide.origin];
        let mut parts = vec![self.part("who", self.sentences("who", &guide.who))];
        if let (Some(limit), Some(promise)) = (self.limit(service), &service.promise) {
            origins.push(&promise.origin);
            parts.push(self.part("limit", vec![sentence(limit)]));
        }
        parts.push(self.part("cost", self.cost(guide).into_iter().map(sentence).collect()));
        if let Cost::Free(origin) = &guide.cost {
            origins.push(origin);
        }
        parts.push(self.part("where", vec![sentence(self.text(&format!("place.{}", guide.counter)))]));
        parts.extend(guide.documents.iter().map(|documents| self.papers(documents)));
        parts.push(self.part("steps", numbered(self.steps(service))));
        if !guide.notes.is_empty() {
            parts.push(self.part("notes", self.sentences("note", &guide.notes)));
        }
        parts.push(self.basis(&origins));
        let errand = Some(self.errand(guide));
        Some(Sheet { errand, ..plain(self.text(&format!("service.{}", service.key)), parts) })
    }

    /// What to bring, by who applies; what some bring on top is a list of its own.
    fn errand(&self, guide: &Guide) -> Errand {
        let lists = guide.documents.iter().map(|documents| Checklist {
            applicant: self.text(&format!("applicant.{}", documents.applicant.name())),
            items: documents.bring.iter().map(|key| self.text(&format!("bring.{key}"))).collect(),
        });
        let place = Some(("where", self.text(&format!("place.{}", guide.counter))));
        let cost = self.cost(guide).into_iter().map(|cost| ("cost", cost));
        let facts = place.into_iter().chain(cost);
        Errand {
            facts: facts.map(|(key, text)| fact(self.text(&format!("part.{key}")), text)).collect(),
            lists: lists.collect(),
        }
    }

    fn papers(&self, documents: &Documents) -> Part {
        let applicant = self.text(&format!("applicant.{}", documents.applicant.name()));
        Part {
            heading: self.texts.fill_texts("part.papers", &[("applicant", &applicant)]),
            lines: self.sentences("bring", &documents.bring),
        }
    }

    fn sentences(&self, table: &str, keys: &[String]) -> Vec<Line> {
        keys.iter().map(|key| sentence(self.text(&format!("{table}.{key}")))).collect()
    }
}
