//! Reads `fees/*.toml`. A price without a legal basis is refused: a hall must be able to show why it asks for money.

use std::{collections::BTreeMap, path::Path};

use powerhall_money::Fen;

use super::{Abolished, Fee, FeePrice, FeePrices, KvaRate, Laying, Voltage};
use crate::{
    Origin, origin,
    read::{self, Mistakes, Node},
};

/// The dearest kVA that is believed: 1,000 yuan, in fen.
const MOST_PER_KVA: i64 = 100_000;
/// The dearest fixed amount that is believed: 1,000,000 yuan, in fen.
const MOST_EACH: i64 = 100_000_000;

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> BTreeMap<String, Fee> {
    let mut fees = BTreeMap::new();
    for (key, table) in read::folder(root, "fees", mistakes) {
        let file = format!("fees/{key}.toml");
        let mut node = Node::root(&file, &table);
        let ended = node.has("abolished");
        let abolished = node.maybe_table("abolished", mistakes).and_then(|node| read_end(node, mistakes));
        let versions = node.tables("versions", if ended { 0 } else { 1 }, mistakes);
        let mut versions: Vec<_> =
            versions.into_iter().filter_map(|version| read_prices(version, mistakes)).collect();
        origin::sort(&mut versions, &file, mistakes);
        node.finish(mistakes);
        fees.insert(key.clone(), Fee { key, versions, abolished });
    }
    fees
}

fn read_end(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<Abolished> {
    let origin = Origin::read(&mut node, mistakes);
    let words = node.text("words", mistakes);
    node.finish(mistakes);
    Some(Abolished { origin: origin?, words: words? })
}

fn read_prices(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<FeePrices> {
    let origin = Origin::read(&mut node, mistakes);
    if let Some(origin) = &origin
        && !origin.names_a_document()
    {
        let allowed = "the legal basis: a document by its title in 《》 or its number with 号";
        node.wrong("source", &origin.source, allowed, mistakes);
    }
    let price = if node.has("each_fen") {
        node.whole("each_fen", 1..=MOST_EACH, mistakes).map(|fen| FeePrice::Each(Fen::new(fen)))
    } else {
        Some(FeePrice::PerKva(read_rates(&mut node, mistakes)))
    };
    node.finish(mistakes);
    Some(FeePrices { origin: origin?, price: price? })
}

fn read_rates(node: &mut Node<'_>, mistakes: &mut Mistakes) -> Vec<KvaRate> {
    let mut rates: Vec<KvaRate> = Vec::new();
    for rate in node.tables("per_kva", 1, mistakes) {
        let Some(rate) = read_rate(rate, mistakes) else { continue };
        if rates.iter().any(|other| (other.voltage, other.laying) == (rate.voltage, rate.laying)) {
            let twice = format!("{} {} twice", rate.voltage.name(), rate.laying.name());
            node.wrong("per_kva", twice, "each voltage and laying once", mistakes);
        }
        rates.push(rate);
    }
    rates
}

fn read_rate(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<KvaRate> {
    let voltage = node.one_of("voltage", &Voltage::ALL.map(|one| (one.name(), one)), mistakes);
    let laying = node.one_of("laying", &Laying::ALL.map(|one| (one.name(), one)), mistakes);
    let fen = node.whole("fen", 1..=MOST_PER_KVA, mistakes);
    let own_line_fen = node.whole("own_line_fen", 0..=fen.unwrap_or(MOST_PER_KVA), mistakes);
    node.finish(mistakes);
    Some(KvaRate {
        voltage: voltage?,
        laying: laying?,
        per_kva: Fen::new(fen?),
        own_line: Fen::new(own_line_fen?),
    })
}
