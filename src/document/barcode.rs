//! Code 128, set B (ISO/IEC 15417): printable ASCII as bars that any reader of tickets and letters knows.

/// The widths of bars and gaps of each symbol, bar first: 0 to 102 are characters, then the starts of the three sets.
const SYMBOLS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];
const STOP: &str = "2331112";
const START_B: usize = 104;

/// More would be wider than a page can show.
const LONGEST: usize = 32;

/// The bars of a code: left edges and widths in modules, and the width of it all with the quiet zones. `None` for a code
/// that does not fit.
pub(super) fn bars(code: &str) -> Option<(Vec<(u16, u16)>, u16)> {
    if code.is_empty() || code.len() > LONGEST {
        return None;
    }
    let mut symbols = vec![START_B];
    for byte in code.bytes() {
        if !(b' '..=b'~').contains(&byte) {
            return None;
        }
        symbols.push(usize::from(byte - b' '));
    }
    let check = symbols
        .iter()
        .enumerate()
        .map(|(place, symbol)| place.max(1) * symbol)
        .sum::<usize>()
        % 103;
    symbols.push(check);
    let mut bars = Vec::new();
    // Ten modules of quiet before and after.
    let mut at = 10;
    let mut draw = |widths: &str| {
        for (place, width) in widths.bytes().enumerate() {
            let width = u16::from(width - b'0');
            if place % 2 == 0 {
                bars.push((at, width));
            }
            at += width;
        }
    };
    for symbol in symbols {
        draw(SYMBOLS.get(symbol)?);
    }
    draw(STOP);
    Some((bars, at + 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_eleven_modules_of_which_the_bars_are_even() {
        for symbol in SYMBOLS {
            let widths: Vec<u8> = symbol.bytes().map(|width| width - b'0').collect();
            assert_eq!(widths.iter().sum::<u8>(), 11, "{symbol}");
            assert_eq!(widths.iter().step_by(2).sum::<u8>() % 2, 0, "{symbol}");
        }
        let all: std::collections::BTreeSet<_> = SYMBOLS.into_iter().collect();
        assert_eq!(all.len(), SYMBOLS.len());
    }

    #[test]
    fn the_check_symbol_is_the_weighted_sum() {
        // "PJJ123C": 104 + 48 + 2*42 + 3*42 + 4*17 + 5*18 + 6*19 + 7*35 = 879, which is 55 modulo 103.
        let (bars, wide) = bars("PJJ123C").unwrap();
        let modules: Vec<u16> = bars.iter().map(|(_, width)| *width).collect();
        let check = &modules[3 * 8..3 * 9];
        let expected: Vec<u16> = SYMBOLS[55]
            .bytes()
            .step_by(2)
            .map(|width| u16::from(width - b'0'))
            .collect();
        assert_eq!(check, expected);
        assert_eq!(wide, 20 + 11 * 9 + 13);
    }

    #[test]
    fn what_the_set_lacks_makes_no_bars() {
        for code in ["", "à", "a\nb", &"1".repeat(33)] {
            assert!(bars(code).is_none(), "{code:?}");
        }
    }
}
