//! The guides (办事指南): for each service who may apply, with which papers, what it costs and on what basis, and where.
//! Steps and limit are the service's own stages and promise; prices are those of the fees. Nothing is said twice.

use std::{collections::BTreeMap, path::Path};

use crate::{
    Fee, Origin, Service,
    read::{self, Mistakes, Node},
};

/// A guide to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The service, by its key.
    pub service: String,
    /// Since when, and who says so.
    pub origin: Origin,
    /// Who may apply: texts `who.<…>`.
    pub who: Vec<String>,
    /// The papers by kind of applicant, each kind once.
    pub documents: Vec<Documents>,
    /// What it costs.
    pub cost: Cost,
    /// Where to apply: the text `place.<…>`.
    pub counter: String,
    /// Rules to know before coming: texts `note.<…>`.
    pub notes: Vec<String>,
}

/// The papers that a kind of applicant brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// Who brings them.
    pub applicant: Applicant,
    /// Texts `bring.<…>`, at least one.
    pub bring: Vec<String>,
}

/// What a service costs besides energy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Nothing, and who says so.
    Free(Origin),
    /// These fees, by their keys; at least one. Each has its legal basis in its own file.
    Fees(Vec<String>),
}

/// A kind of applicant. Its name for people is the text `applicant.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Applicant {
    /// 自然人.
    Person,
    /// 企业或其他单位.
    Company,
    /// 物业.
    Property,
    /// 租户.
    Tenant,
    /// 代办人, for any of the above.
    Agent,
    /// 高耗能、高污染企业.
    Polluting,
    /// 煤矿.
    CoalMine,
}

impl Applicant {
    /// All of them, in the order of a guide.
    pub const ALL: [Self; 7] = [
        Self::Person,
        Self::Company,
        Self::Property,
        Self::Tenant,
        Self::Agent,
        Self::Polluting,
        Self::CoalMine,
    ];

    /// Its name in the data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
            Self::Property => "property",
            Self::Tenant => "tenant",
            Self::Agent => "agent",
            Self::Polluting => "polluting",
            Self::CoalMine => "coal_mine",
        }
    }

    /// True for those whose papers come on top of the papers of the person or company that applies.
    #[must_use]
    pub const fn is_on_top(self) -> bool {
        match self {
            Self::Person | Self::Company | Self::Property | Self::Tenant => false,
            Self::Agent | Self::Polluting | Self::CoalMine => true,
        }
    }
}

impl Guide {
    /// Every text that this guide needs.
    pub(crate) fn text_keys(&self) -> Vec<String> {
        let mut keys = vec![format!("place.{}", self.counter)];
        keys.extend(self.origin.text_key());
        if let Cost::Free(origin) = &self.cost {
            keys.extend(origin.text_key());
        }
        keys.extend(self.who.iter().map(|who| format!("who.{who}")));
        keys.extend(self.notes.iter().map(|note| format!("note.{note}")));
        for documents in &self.documents {
            keys.push(format!("applicant.{}", documents.applicant.name()));
            keys.extend(documents.bring.iter().map(|bring| format!("bring.{bring}")));
        }
        keys
    }
}

/// Reads `guides/*.toml`: one for each service, and none for anything else.
pub(crate) fn load(
    root: &Path,
    services: &BTreeMap<String, Service>,
    fees: &BTreeMap<String, Fee>,
    mistakes: &mut Mistakes,
) -> BTreeMap<String, Guide> {
    let tables = read::folder(root, "guides", mistakes);
    // A file that is there but could not be read has been named already, in both folders.
    for key in services.keys() {
        let file = format!("guides/{key}.toml");
        if !root.join(&file).exists() {
            mistakes.add(&file, "(file)", "(missing)", format!("a guide to the service {key}"));
        }
    }
    let mut guides = BTreeMap::new();
    for (key, table) in tables {
        let file = format!("guides/{key}.toml");
        if !root.join(format!("services/{key}.toml")).exists() {
            mistakes.add(&file, "(file name)", &key, "the name of a file in services/");
        }
        if let Some(guide) = guide(key.clone(), Node::root(&file, &table), fees, mistakes) {
            guides.insert(key, guide);
        }
    }
    guides
}

fn guide(
    service: String,
    mut node: Node<'_>,
    fees: &BTreeMap<String, Fee>,
    mistakes: &mut Mistakes,
) -> Option<Guide> {
    let origin = Origin::read(&mut node, mistakes);
    let who = node.some_texts("who", mistakes);
    let counter = node.text("counter", mistakes);
    let notes = node.texts("notes", mistakes);
    let cost = cost(&mut node, fees, mistakes);
    let documents = documents(&mut node, mistakes);
    node.finish(mistakes);
    Some(Guide { service, origin: origin?, who, documents, cost: cost?, counter: counter?, notes })
}

fn documents(node: &mut Node<'_>, mistakes: &mut Mistakes) -> Vec<Documents> {
    let mut found: Vec<Documents> = Vec::new();
    let tables = node.tables("documents", 1, mistakes);
    let any = !tables.is_empty();
    for mut table in tables {
        let applicant = table.one_of("applicant", &Applicant::ALL.map(|one| (one.name(), one)), mistakes);
        let bring = table.some_texts("bring", mistakes);
        if let Some(applicant) = applicant {
            if found.iter().any(|other| other.applicant == applicant) {
                table.wrong("applicant", applicant.name(), "each kind of applicant once", mistakes);
            }
            found.push(Documents { applicant, bring });
        }
        table.finish(mistakes);
    }
    if any && found.iter().all(|documents| documents.applicant.is_on_top()) {
        let who = Applicant::ALL.into_iter().filter(|one| !one.is_on_top()).map(Applicant::name);
        let allowed = format!("at least one of {}", who.collect::<Vec<_>>().join(", "));
        node.wrong("documents", "nobody who applies", allowed, mistakes);
    }
    found
}

/// Either `fees`, or a table `[free]`.
fn cost(node: &mut Node<'_>, fees: &BTreeMap<String, Fee>, mistakes: &mut Mistakes) -> Option<Cost> {
    let free = node.maybe_table("free", mistakes).and_then(|mut free| {
        let origin = Origin::read(&mut free, mistakes);
        free.finish(mistakes);
        origin
    });
    if !node.has("fees") {
        if !node.has("free") {
            node.wrong(
                "fees",
                "(missing)",
                "the fees, or a table [free] that says why there is none",
                mistakes,
            );
        }
        return free.map(Cost::Free);
    }
    if node.has("free") {
        node.wrong("free", "beside fees", "either fees or [free]", mistakes);
    }
    let named = node.some_texts("fees", mistakes);
    for fee in named.iter().filter(|fee| !fees.contains_key(*fee)) {
        let known = fees.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        node.wrong("fees", fee, known, mistakes);
    }
    Some(Cost::Fees(named))
}
