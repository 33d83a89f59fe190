//! One axis: its range, its ticks and their labels, linear or logarithmic.

/// Values are held within this, so that differences of values stay finite.
pub(crate) const LARGEST: f64 = 1e150;

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// A range with its ticks.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
    pub(crate) ticks: Vec<Tick>,
    /// The power of ten that labels are to be multiplied by; 0 as a rule.
    pub(crate) exponent: i32,
}

/// Smallest and largest of some values, NaN left aside, if there are any.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| !value.is_nan()).fold(None, |range, value| {
        let value = value.clamp(-LARGEST, LARGEST);
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// `range` made wider by `share` of its width on both sides; a single value gets room around it.
pub(crate) fn padded((low, high): (f64, f64), share: f64) -> (f64, f64) {
    let (width, size) = (high - low, low.abs().max(high.abs()));
    if width <= 1e-9 * size || width == 0.0 {
        let room = if size == 0.0 { 1.0 } else { 0.5 * size };
        return (low - room, high + room);
    }
    (low - share * width, high + share * width)
}

impl Axis {
    /// A linear axis over `range` with about `count` ticks.
    pub(crate) fn linear(range: (f64, f64), count: usize) -> Self {
        let range = (range.0.clamp(-LARGEST, LARGEST), range.1.clamp(-LARGEST, LARGEST));
        let (low, high) = if range.1 > range.0 { range } else { padded(range, 0.0) };
        let step = nice_step((high - low) / count.max(1) as f64);
        let largest = low.abs().max(high.abs());
        let exponent = if (1e-3..1e5).contains(&largest) { 0 } else { largest.log10().floor() as i32 };
        let unit = 10f64.powi(exponent);
        let decimals = (-(step / unit * 1.000_001).log10().floor()).clamp(0.0, 12.0);
        let twentyfifths = ((step / unit) * 10f64.powf(decimals) - 2.5).abs() < 1e-6;
        let decimals = decimals as usize + usize::from(twentyfifths);
        let (first, last) = ((low / step - 1e-6).ceil(), (high / step + 1e-6).floor());
        let ticks = (0..=((last - first).clamp(0.0, 100.0) as usize))
            .map(|i| {
                let value = (first + i as f64) * step;
                Tick { value, label: number(value / unit, decimals) }
            })
            .collect();
        Self { low, high, logarithmic: false, ticks, exponent }
    }

    /// A logarithmic axis over a positive `range` with at most about `count` ticks.
    pub(crate) fn logarithmic(range: (f64, f64), count: usize) -> Self {
        let low = range.0.clamp(1e-150, LARGEST);
        let high = range.1.clamp(low * 1.5, LARGEST * 1.5);
        let decades = (high / low).log10();
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let inside = |value: f64| value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9);
        let ticks: Vec<Tick> = if decades < 1.5 {
            let steps: &[f64] =
                if decades < 0.7 { &[1.0, 2.0, 3.0, 4.0, 5.0, 7.0] } else { &[1.0, 2.0, 5.0] };
            (first..=last)
                .flat_map(|power| steps.iter().map(move |step| (*step, power)))
                .map(|(step, power)| (step * 10f64.powi(power), step, power))
                .filter(|(value, ..)| inside(*value))
                .map(|(value, step, power)| Tick { value, label: decade(step, power) })
                .collect()
        } else {
            let plain = low >= 9e-4 && high <= 2e4;
            let stride = (decades / count.max(1) as f64).ceil().max(1.0) as i32;
            (first..=last)
                .filter(|power| power.rem_euclid(stride) == 0)
                .map(|power| (10f64.powi(power), power))
                .filter(|(value, _)| inside(*value))
                .map(|(value, power)| Tick {
                    value,
                    label: if plain { decade(1.0, power) } else { power_of_ten(power) },
                })
                .collect()
        };
        Self { low, high, logarithmic: true, ticks, exponent: 0 }
    }

    /// Where a value lies: 0 at the low end, 1 at the high end, beyond these outside the axis.
    pub(crate) fn position(&self, value: f64) -> f64 {
        let value = value.clamp(-LARGEST, LARGEST);
        if self.logarithmic {
            (value.max(1e-300) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The ends of the axis.
    pub(crate) fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// `name` with the power of ten of the labels, where they have one.
    pub(crate) fn title(&self, name: &str) -> String {
        if self.exponent == 0 {
            name.to_owned()
        } else {
            format!("{name}  (×{})", power_of_ten(self.exponent))
        }
    }
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let share = rough / power;
    let nice = [1.0, 2.0, 2.5, 5.0].into_iter().find(|nice| share <= nice * 1.000_001);
    nice.unwrap_or(10.0) * power
}

/// A number with a proper minus sign; never "−0".
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

/// `step`·10^`power` as a label.
fn decade(step: f64, power: i32) -> String {
    match power {
        -3..=4 => number(step * 10f64.powi(power), usize::try_from(-power).unwrap_or(0)),
        _ if step == 1.0 => power_of_ten(power),
        _ => format!("{step}×{}", power_of_ten(power)),
    }
}

pub(crate) fn power_of_ten(power: i32) -> String {
    let digits = power.to_string();
    let raised = digits.chars().map(|c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    });
    "10".chars().chain(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn linear_ticks_are_round_numbers() {
        assert_eq!(labels(&Axis::linear((-21.0, 22.0), 4)), ["−20", "0", "20"]);
        assert_eq!(labels(&Axis::linear((0.0, 1.0), 4)), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
        assert_eq!(labels(&Axis::linear((0.0, 0.9), 5)), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(&Axis::linear((0.0, 100.0), 4)), ["0", "25", "50", "75", "100"]);
        let small = Axis::linear((0.0, 4e-6), 4);
        assert_eq!(labels(&small), ["0", "1", "2", "3", "4"]);
        assert_eq!(small.title("x"), "x  (×10⁻⁶)");
    }

    #[test]
    fn logarithmic_ticks_are_decades() {
        assert_eq!(labels(&Axis::logarithmic((1e-6, 1e3), 5)), ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰", "10²"]);
        assert_eq!(labels(&Axis::logarithmic((0.9, 12.0), 5)), ["1", "2", "5", "10"]);
        let axis = Axis::logarithmic((0.01, 100.0), 5);
        assert!((axis.position(1.0) - 0.5).abs() < 1e-12);
        assert!(axis.position(0.0) < 0.0);
    }

    #[test]
    fn constants_and_giants_have_axes_with_ticks() {
        for value in [0.0, 1.0, -3.0, 1e6, 1e-12, 1e300, -f64::MAX] {
            let axis = Axis::linear(padded(extent([value, value]).unwrap(), 0.05), 5);
            assert!(axis.ticks.len() >= 2, "{value}: {axis:?}");
            assert!((0.0..=1.0).contains(&axis.position(value)), "{value}");
            assert!(axis.ticks.iter().all(|tick| tick.label.len() < 12), "{value}: {axis:?}");
        }
        let axis = Axis::linear(extent([-f64::MAX, f64::MAX]).unwrap(), 5);
        assert!(axis.ticks.len() >= 3);
        assert!(extent([]).is_none());
        assert!(Axis::logarithmic((0.0, 0.0), 5).position(1.0).is_finite());
    }
}
