//! Events files and the inputs made of them, by hand.

use attractor_fmri::{Error, EventShape, EventTable, InputOptions, Outside, Recording};
use attractor_systems::Trajectory;
use ndarray::Array2;

use super::{file, says};

const EVENTS: &str = "\
onset\tduration\ttrial_type\tresponse_time
1.0\t3.0\tface\t0.5
4.5\t1.0\thouse\tn/a
5.0\t0.5\thouse\tn/a
7.9\t2.0\tface\t0.7
";

fn read(text: &str) -> Result<EventTable, Error> {
    let (_a, path) = file("sub-01_events.tsv", text);
    EventTable::read(path)
}

#[track_caller]
fn column(events: &EventTable, options: InputOptions, name: &str, expected: &[f64]) {
    let inputs = events.inputs(expected.len(), 2.0, options).unwrap();
    let index = inputs.column_index(name).unwrap();
    for (found, expected) in inputs.data().column(index).iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{name}: {}", inputs.data().column(index));
    }
}

#[test]
fn boxcars_cover_their_share_of_each_scan() {
    let events = read(EVENTS).unwrap();
    assert_eq!(events.trial_types(), ["face", "house"]);
    let boxcar = InputOptions::default();
    // TR 2: 1 to 4 s covers half of scan 0 and all of scan 1; 7.9 to 9.9 s covers 0.05 of scan 3 and 0.95 of scan 4.
    column(&events, boxcar, "face", &[0.5, 1.0, 0.0, 0.05, 0.95]);
    // 4.5 to 5.5 and 5 to 5.5 s overlap, and add up.
    column(&events, boxcar, "house", &[0.0, 0.0, 0.75, 0.0, 0.0]);
}

#[test]
fn sticks_are_at_the_nearest_scan_or_shared() {
    let events = read(EVENTS).unwrap();
    let stick = InputOptions::default().shape(EventShape::Stick);
    // Onsets 1 (half way, rounded up), 7.9; 4.5, 5.
    column(&events, stick, "face", &[0.0, 1.0, 0.0, 0.0, 1.0]);
    column(&events, stick, "house", &[0.0, 0.0, 1.0, 1.0, 0.0]);
    let shared = InputOptions::default().shape(EventShape::SharedStick);
    column(&events, shared, "face", &[0.5, 0.5, 0.0, 0.05, 0.95]);
    column(&events, shared, "house", &[0.0, 0.0, 1.25, 0.75, 0.0]);
    // Within the last scan there is no later scan to go to.
    let last = read("onset\tduration\n5.5\t0\n").unwrap();
    assert_eq!(last.trial_types(), ["event"]);
    column(&last, stick, "event", &[0.0, 0.0, 1.0]);
    column(&last, shared, "event", &[0.0, 0.0, 1.0]);
}

#[test]
fn amplitudes_scale_inputs() {
    let text = "onset\tduration\ttrial_type\tmodulation\n0\t2\ta\t3.0\n2\t1\ta\t-1.0\n";
    column(&read(text).unwrap(), InputOptions::default(), "a", &[3.0, -0.5, 0.0]);
}

#[test]
fn events_outside_of_the_run_are_refused_or_clipped() {
    let text = "onset\tduration\ttrial_type\n-1\t2\ta\n3\t10\ta\n-5\t1\tb\n20\t1\tb\n1\t1\tb\n";
    let events = read(text).unwrap();
    let error = events.inputs(3, 2.0, InputOptions::default()).unwrap_err();
    assert!(matches!(error, Error::EventOutside { index: 0, run: 6.0, .. }), "{error}");
    says(&error, "lasts from -1 s to 1 s, the run from 0 to 6 s");
    let clip = InputOptions::default().outside(Outside::Clip);
    column(&events, clip, "a", &[0.5, 0.5, 1.0]);
    column(&events, clip, "b", &[0.5, 0.0, 0.0]);

    let bold = Array2::from_shape_fn((3, 1), |(t, _)| t as f64);
    let recording = Recording::new("sub-01", Trajectory::new(bold, 2.0).unwrap()).unwrap();
    let with = recording.clone().with_events(&events, clip).unwrap();
    assert_eq!(with.inputs().unwrap().names(), ["a", "b"]);
    let step = with.steps().last().unwrap().to_string();
    assert_eq!(step, "2 boxcar inputs from sub-01_events.tsv: a, b; 2 events clipped, 2 dropped");
    // An event that ends with the run is inside of it, whatever the last digit.
    let exact = read("onset\tduration\n0.1\t5.9000001\n").unwrap();
    assert!(exact.inputs(3, 2.0, InputOptions::default()).is_ok());
    let late = read("onset\tduration\n100\t1\n").unwrap();
    says(&late.inputs(3, 2.0, clip).unwrap_err(), "none lies in the run of 6 s");
    says(&late.inputs(3, 2000.0, clip).unwrap_err(), "2000 ms are 2.0");
}

#[test]
fn broken_files_are_refused_with_the_line() {
    let head = "onset\tduration\ttrial_type\n";
    says(
        &read("onset\tduratoin\n1\t2\n").unwrap_err(),
        "no column \"duration\"; the nearest of its 2 names are duratoin",
    );
    says(&read(&format!("{head}1\t2\ta\nn/a\t2\ta\n")).unwrap_err(), ":3: onset is \"n/a\"");
    says(&read(&format!("{head}1,5\t2\ta\n")).unwrap_err(), "decimal point");
    says(&read(&format!("{head}1\t-2\ta\n")).unwrap_err(), ":2: duration is \"-2\"; it must be at least 0");
    says(&read(&format!("{head}1\t2\tn/a\n")).unwrap_err(), "trial_type is \"n/a\"");
    says(&read(&format!("{head}1\t2\n")).unwrap_err(), "fields");
    says(&read(head).unwrap_err(), "no events");
    assert!(matches!(EventTable::read("nowhere.tsv").unwrap_err(), Error::NotFound { .. }));
    let none = read(&format!("{head}1\tn/a\ta\n")).unwrap();
    says(&none.inputs(5, 2.0, InputOptions::default()).unwrap_err(), "use EventShape::Stick");
    assert!(none.inputs(5, 2.0, InputOptions::default().shape(EventShape::Stick)).is_ok());
}
