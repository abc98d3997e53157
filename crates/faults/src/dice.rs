//! Dice that fall the same way for ever: from a seed, a fault, a call, a number and a count. No state, so that neither
//! the order of threads nor a restart changes what is played.

/// A number from 0 to 999.
pub(crate) fn per_mille(seed: u64, fault: &str, call: &str, number: &str, nth: u32) -> u16 {
    // FNV-1a over everything, with a separator that is in none of it; then splitmix64's finaliser.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    eat(&seed.to_le_bytes());
    eat(fault.as_bytes());
    eat(call.as_bytes());
    eat(number.as_bytes());
    eat(&nth.to_le_bytes());
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^= hash >> 31;
    u16::try_from(hash % 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_are_fair_enough_and_do_not_change() {
        let below = (0..10_000).filter(|i| per_mille(7, "slow", "query", &format!("N{i}"), 0) < 100).count();
        assert!((850..1150).contains(&below), "{below}");
        // Whoever changes the dice changes the story of every seed that somebody wrote down.
        let falls = [0, 1, 2].map(|nth| per_mille(7, "slow", "query", "N1", nth));
        assert_eq!(falls, FALLS);
    }

    const FALLS: [u16; 3] = [466, 2, 611];
}
