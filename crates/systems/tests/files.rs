//! Files: what is read, what is written, and what is refused with which words.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use attractor_systems::{
    Error, FloatType, MissingPolicy, ReadOptions, Trajectory, read, read_one, write_csv, write_npy,
    write_npy_trials,
};
use ndarray::{Array1, Array2, Array3, array};
use ndarray_npy::{NpzWriter, write_npy as write_any};
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

/// A folder with one file in it.
fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

/// The bytes of a `.npy` file of format version 1.
fn npy(descriptor: &str, fortran: bool, shape: &str, payload: &[u8]) -> Vec<u8> {
    npy_version(1, descriptor, fortran, shape, payload)
}

fn npy_version(version: u8, descriptor: &str, fortran: bool, shape: &str, payload: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header =
        format!("{{'descr': {descriptor}, 'fortran_order': {order}, 'shape': {shape}, }}").into_bytes();
    let prefix = if version == 1 { 10 } else { 12 };
    while (prefix + header.len() + 1) % 64 != 0 {
        header.push(b' ');
    }
    header.push(b'\n');
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    if version == 1 {
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    } else {
        bytes.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
    }
    bytes.extend(header);
    bytes.extend(payload);
    bytes
}

fn values(name: &str, content: &[u8]) -> Array2<f64> {
    let (_folder, path) = file(name, content);
    read_one(&path, &ReadOptions::new(0.5)).unwrap().into_data()
}

fn refusal_with(name: &str, content: &[u8], options: &ReadOptions) -> Error {
    let (_folder, path) = file(name, content);
    let error = read(&path, options).unwrap_err();
    assert!(error.to_string().contains(name), "names the file: {error}");
    error
}

fn refusal(name: &str, content: &[u8]) -> Error {
    refusal_with(name, content, &ReadOptions::default())
}

#[track_caller]
fn says(error: &Error, text: &str) {
    assert!(error.to_string().contains(text), "{error}");
}

fn masked() -> ReadOptions {
    ReadOptions::default().missing(MissingPolicy::Mask)
}

#[test]
fn reads_every_element_type_in_both_byte_orders() {
    let expected = array![[1.0, 2.0], [3.0, 0.0]];
    let cells = [1_u8, 2, 3, 0];
    macro_rules! check {
        ($type:ty, $code:literal) => {{
            let little: Vec<u8> = cells.iter().flat_map(|c| <$type>::from(*c).to_le_bytes()).collect();
            let big: Vec<u8> = cells.iter().flat_map(|c| <$type>::from(*c).to_be_bytes()).collect();
            assert_eq!(values("a.npy", &npy(concat!("'<", $code, "'"), false, "(2, 2)", &little)), expected);
            assert_eq!(values("a.npy", &npy(concat!("'>", $code, "'"), false, "(2, 2)", &big)), expected);
        }};
    }
    check!(f32, "f4");
    check!(f64, "f8");
    check!(i16, "i2");
    check!(i32, "i4");
    check!(i64, "i8");
    check!(u16, "u2");
    check!(u32, "u4");
    check!(u64, "u8");
    assert_eq!(values("a.npy", &npy("'|u1'", false, "(2, 2)", &cells)), expected);
    assert_eq!(values("a.npy", &npy("'|i1'", false, "(2, 2)", &cells)), expected);
    assert_eq!(
        values("a.npy", &npy("'|b1'", false, "(2, 2)", &[1, 0, 0, 1])),
        array![[1.0, 0.0], [0.0, 1.0]]
    );
    // Half precision: 1.0, -2.0, 0.5, 65504.
    assert_eq!(
        values("a.npy", &npy("'<f2'", false, "(4,)", &[0, 0x3c, 0, 0xc0, 0, 0x38, 0xff, 0x7b])),
        array![[1.0], [-2.0], [0.5], [65504.0]]
    );
    assert_eq!(values("a.npy", &npy("'>f2'", false, "(1,)", &[0x3c, 0])), array![[1.0]]);
    // Signs.
    assert_eq!(values("a.npy", &npy("'|i1'", false, "(1,)", &[0xff])), array![[-1.0]]);
    assert_eq!(values("a.npy", &npy("'>i2'", false, "(1,)", &[0xff, 0xfe])), array![[-2.0]]);
    assert_eq!(
        values("a.npy", &npy("'<i8'", false, "(1,)", &i64::MIN.to_le_bytes())),
        array![[-(2.0_f64.powi(63))]]
    );
    assert_eq!(values("a.npy", &npy("'<u8'", false, "(1,)", &[0xff; 8])), array![[2.0_f64.powi(64)]]);
}

#[test]
fn reads_fortran_order_and_later_versions_of_the_format() {
    let payload: Vec<u8> = [1.0_f64, 2.0, 3.0, 4.0, 5.0, 6.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let c = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let fortran = array![[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]];
    for version in 1..=3 {
        assert_eq!(values("a.npy", &npy_version(version, "'<f8'", false, "(2, 3)", &payload)), c);
        assert_eq!(values("a.npy", &npy_version(version, "'<f8'", true, "(2, 3)", &payload)), fortran);
    }
}

#[test]
fn one_two_and_three_axes_are_trajectories() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.NPY");
    write_any(&path, &array![1.0, 2.0, 3.0]).unwrap();
    let column = read_one(&path, &ReadOptions::new(0.1)).unwrap();
    assert_eq!((column.len(), column.dim(), column.dt()), (3, 1, 0.1));

    let cube = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (100 * i + 10 * j + k) as f64);
    write_any(&path, &cube).unwrap();
    let trials = read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(trials.len(), 2);
    assert_eq!(trials[1].data()[[2, 3]], 123.0);
    let error = read_one(&path, &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::SeveralTrajectories { found: 2, .. }), "{error}");
}

#[test]
fn missing_values_of_arrays_are_an_error_or_a_mask() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let mut cube = Array3::zeros((2, 3, 2));
    cube[[1, 2, 0]] = f64::NAN;
    write_any(&path, &cube).unwrap();
    let error = read(&path, &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::ArrayValue { trial: 1, row: 2, column: 0, .. }), "{error}");
    says(&error, "MissingPolicy::Mask");
    let trials = read(&path, &masked()).unwrap();
    assert!(trials[0].missing().is_none() && trials[1].is_missing(2, 0));
    cube[[0, 1, 1]] = f64::NEG_INFINITY;
    write_any(&path, &cube).unwrap();
    says(&read(&path, &masked()).unwrap_err(), "row 1, column 1 is -inf; infinity is no measurement");
}

#[test]
fn broken_arrays_are_refused() {
    let eight = [0; 8];
    says(&refusal("a.npy", b""), "no bytes");
    says(&refusal("a.npy", b"hello, world"), "magic bytes");
    says(&refusal("a.npy", b"\x93NUMPY"), "magic bytes");
    says(
        &refusal("a.npy", b"\x93NUMPY\x01\x00\xff\xff{'descr"),
        "header of 65545 bytes is cut short at byte 17",
    );
    says(&refusal("a.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}\n"), "cut short");
    says(&refusal("a.npy", &npy_version(9, "'<f8'", false, "(1,)", &eight)), "version");
    says(&refusal("a.npy", &npy("'<f8'", false, "'one'", &eight)), "shape");
    says(&refusal("a.npy", &npy("'<f8'", false, "(-1,)", &eight)), "shape");
    says(&refusal("a.npy", &npy("'<f8'", false, "(4294967296, 4294967296)", &eight)), "too large");
    says(&refusal("a.npy", &npy("'<f8'", false, "(4611686018427387904,)", &eight)), "too large");
    says(&refusal("a.npy", &npy("'<c16'", false, "(1,)", &[0; 16])), "type <c16; complex");
    says(&refusal("a.npy", &npy("'|O'", false, "(1,)", &eight)), "Python objects");
    says(&refusal("a.npy", &npy("'<U3'", false, "(1,)", &[0; 12])), "text is not read");
    says(&refusal("a.npy", &npy("'<M8[ns]'", false, "(1,)", &eight)), "dates");
    says(&refusal("a.npy", &npy("'<f16'", false, "(1,)", &[0; 16])), "astype('float64')");
    says(&refusal("a.npy", &npy("''", false, "(1,)", &eight)), "astype");
    says(&refusal("a.npy", &npy("[('x', '<f8'), ('y', '<f8')]", false, "(1,)", &[0; 16])), "structured");
    says(&refusal("a.npy", &npy("'<f8'", false, "()", &eight)), "shape []; one trajectory is");
    says(&refusal("a.npy", &npy("'<f8'", false, "(1, 1, 1, 1)", &eight)), "[1, 1, 1, 1]");
    says(&refusal("a.npy", &npy("'<f8'", false, "(0, 3)", &[])), "[0, 3]");
    let short = refusal("a.npy", &npy("'<f8'", false, "(2, 1)", &eight));
    assert!(matches!(short, Error::PayloadSize { expected: 16, found: 8, .. }));
    says(&short, "cut short");
    says(&refusal("a.npy", &npy("'<f8'", false, "(1,)", &[0; 9])), "longer than one array");
}

#[test]
fn archives_give_the_array_that_was_named() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let write = |keys: &[&str], compressed: bool| {
        let file = File::create(&path).unwrap();
        let mut npz = if compressed { NpzWriter::new_compressed(file) } else { NpzWriter::new(file) };
        for (i, key) in keys.iter().enumerate() {
            npz.add_array(*key, &Array2::from_elem((2, 1), i as f32)).unwrap();
        }
        npz.finish().unwrap();
    };
    for compressed in [false, true] {
        write(&["x", "y"], compressed);
        assert_eq!(read_one(&path, &ReadOptions::default().key("y")).unwrap().data(), array![[1.0], [1.0]]);
        assert_eq!(read_one(&path, &ReadOptions::default().key("x.npy")).unwrap().data()[[0, 0]], 0.0);
        let error = read(&path, &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, Error::SeveralKeys { .. }), "{error}");
        says(&error, "x, y");
        let error = read(&path, &ReadOptions::default().key("z")).unwrap_err();
        says(&error, "no array named \"z\"; there are x, y");
    }
    write(&["only"], false);
    assert_eq!(read_one(&path, &ReadOptions::default()).unwrap().len(), 2);
    write(&[], false);
    says(&read(&path, &ReadOptions::default()).unwrap_err(), "archive without arrays");
    says(&refusal("a.npz", b"PK, but not really"), "not a readable npz archive");

    // Cut short, or with a byte changed: an error or a checksum mismatch, never a panic or wrong numbers.
    write(&["x"], true);
    let whole = fs::read(&path).unwrap();
    for length in (1..whole.len()).step_by(7) {
        assert!(matches!(refusal("a.npz", &whole[..length]), Error::Archive { .. }));
    }
    let (_folder, changed) = file("a.npz", &whole);
    for position in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x20;
        fs::write(&changed, &bytes).unwrap();
        if let Ok(trajectory) = read_one(&changed, &ReadOptions::default()) {
            assert_eq!(trajectory.data(), array![[0.0], [0.0]], "byte {position}");
        }
    }
}

#[test]
fn reads_text_as_people_write_it() {
    let expected = array![[1.0, -2.5], [3e2, 4.0]];
    for (name, text) in [
        ("a.csv", "1,-2.5\n3e2,4\n"),
        ("a.csv", "\u{feff}x,y\r\n1,-2.5\r\n300,4\r\n\r\n\r\n"),
        ("a.csv", "# a comment, with a comma\n\"x\",\"y, in mV\"\n1, -2.5\n\n# more\n3e2 ,4"),
        ("a.csv", "x;y\n1;-2.5\n300;4\n"),
        ("a.csv", "x\ty\n1\t-2.5\n300\t4\n"),
        ("a.tsv", "x\ty\n1\t-2.5\n300\t4\n"),
        ("a.txt", "  1.0   -2.5\n 3e2\t4\n"),
        ("a.txt", "x y\n1 -2.5\n300 4\n   \n"),
        ("a.dat", "#x y\n+1 -2.5\n300 4\n"),
        ("a.CSV", "\"1\",\"-2.5\"\n\"300\",\"4\""),
    ] {
        assert_eq!(values(name, text.as_bytes()), expected, "{text:?}");
    }
    let (_folder, path) = file("a.csv", b"# c\ntime of day,\n1,2\n");
    let named = read_one(&path, &ReadOptions::new(0.25)).unwrap();
    assert_eq!(named.names(), ["time of day", "x2"]);
    assert_eq!(named.dt(), 0.25);
    assert_eq!(values("a.csv", b"5\n6\n"), array![[5.0], [6.0]]);

    // What was found out can be said instead.
    let (_folder, path) = file("a.csv", b"1|2\n3|4\n");
    let options = ReadOptions::default().delimiter('|');
    assert_eq!(read_one(&path, &options).unwrap().len(), 2);
    let named = read_one(&path, &options.header(true)).unwrap();
    assert_eq!((named.len(), named.names()), (1, &["1".to_string(), "2".to_string()][..]));
}

#[test]
fn missing_cells_are_an_error_or_a_mask() {
    let text = b"a,b,c\n1,NA,n/a\n,NaN,2\nnan,null,3\n";
    let error = refusal("a.csv", text);
    assert!(matches!(error, Error::MissingCell { line: 2, column: 2, .. }), "{error}");
    says(&error, "a.csv:2: field 2 is missing (\"NA\")");
    let (_folder, path) = file("a.csv", text);
    let trajectory = read_one(&path, &masked()).unwrap();
    assert_eq!(trajectory.names(), ["a", "b", "c"]);
    assert_eq!(
        trajectory.missing().unwrap(),
        array![[false, true, true], [true, true, false], [true, true, false]]
    );
    // A first line with missing values is not a line of names.
    assert_eq!(read_one(file_path("b.csv", b"NA,1\n2,3\n").1, &masked()).unwrap().len(), 2);
}

fn file_path(name: &str, content: &[u8]) -> (&'static TempDir, PathBuf) {
    let (folder, path) = file(name, content);
    (Box::leak(Box::new(folder)), path)
}

#[test]
fn broken_text_is_refused_with_line_and_field() {
    let error = refusal("a.csv", b"# c\nx,y\n1,2\n3\n");
    assert!(matches!(error, Error::Ragged { line: 4, expected: 2, found: 1, .. }), "{error}");
    says(&error, "a.csv:4: 1 fields where the first line has 2");
    let error = refusal("a.csv", b"x,y\n1,2\n3,four\n");
    assert!(matches!(error, Error::NotANumber { line: 3, column: 2, .. }), "{error}");
    says(&error, "\"four\", not a number");
    says(&refusal("a.csv", b"1,5;2,5\n3,5;4,5\n"), "decimal point");
    says(&refusal("a.csv", b"x\n1\ninf\n"), "a.csv:3: field 1 is inf");
    says(&refusal("a.txt", b"1 2\n3 4 5\n"), "a.txt:2: 3 fields");
    says(&refusal("a.csv", b"# nothing\n\n"), "no lines besides blanks and comments");
    says(&refusal("a.csv", b"x,y\n"), "nothing below it");
    says(&refusal("a.csv", b"x,\xff\n"), "byte 2");
    let options = ReadOptions::default().header(false);
    says(&refusal_with("a.csv", b"x,y\n1,2\n", &options), "a.csv:1: field 1 is \"x\"");
    let (_folder, path) = file("a.csv", b"x,x\n1,2\n");
    assert!(matches!(read(&path, &ReadOptions::default()), Err(Error::DuplicateName { .. })));
    let (_folder, path) = file("a.csv", b"1\n");
    says(&read(&path, &ReadOptions::default().delimiter('→')).unwrap_err(), "ASCII");
    says(&read(&path, &ReadOptions::new(0.0)).unwrap_err(), "time step dt is 0");
}

#[test]
fn files_that_are_not_there_or_of_another_kind_are_refused() {
    let folder = tempdir().unwrap();
    let options = ReadOptions::default();
    let error = read(folder.path().join("a.npy"), &options).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let error = read(folder.path().join("a.mat"), &options).unwrap_err();
    says(&error, "unknown extension \"mat\"; readable are npy, npz, csv, tsv, txt, dat");
    says(&read(folder.path().join("noextension"), &options).unwrap_err(), "\"\"");
    fs::create_dir(folder.path().join("b.npy")).unwrap();
    assert!(matches!(read(folder.path().join("b.npy"), &options), Err(Error::Io { .. })));
}

#[test]
fn writing_replaces_whole_files_or_none() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let small = Trajectory::new(array![[1.0], [2.0]], 1.0).unwrap();
    write_npy(&path, &small, FloatType::F64).unwrap();
    let large = Trajectory::new(array![[1.0], [1e300]], 1.0).unwrap();
    let error = write_npy(&path, &large, FloatType::F32).unwrap_err();
    assert!(matches!(error, Error::Overflow { row: 1, column: 0, .. }), "{error}");
    assert_eq!(read_one(&path, &ReadOptions::default()).unwrap(), small, "the old file is still there");
    write_npy(&path, &large, FloatType::F64).unwrap();
    assert_eq!(read_one(&path, &ReadOptions::default()).unwrap(), large);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");

    let nowhere = folder.path().join("missing").join("a.csv");
    let error = write_csv(&nowhere, &small).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if path == &nowhere), "{error}");
    // A folder of that name cannot be replaced; the temporary file goes away.
    fs::create_dir(folder.path().join("b.csv")).unwrap();
    File::create(folder.path().join("b.csv").join("full")).unwrap().write_all(b"x").unwrap();
    assert!(matches!(write_csv(folder.path().join("b.csv"), &small), Err(Error::Io { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn trials_are_written_as_one_array() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let trial = |scale: f64| {
        Trajectory::from_array_with_missing(array![[scale, f64::NAN], [2.0, 3.0 * scale]], 1.0).unwrap()
    };
    let trials = [trial(1.0), trial(2.0), trial(3.0)];
    write_npy_trials(&path, &trials, FloatType::F64).unwrap();
    assert_eq!(read(&path, &masked()).unwrap(), trials);
    let short = trials[0].slice(..1).unwrap();
    let error = write_npy_trials(&path, &[trials[0].clone(), short], FloatType::F64).unwrap_err();
    says(&error, "expected shape [2, 2], found [1, 2]");
    let narrow = trials[0].select(&[0]).unwrap();
    assert!(matches!(
        write_npy_trials(&path, &[trials[0].clone(), narrow], FloatType::F64),
        Err(Error::Dimension { expected: 2, found: 1 })
    ));
    assert!(matches!(write_npy_trials(&path, &[], FloatType::F64), Err(Error::NoTrajectory)));
}

#[test]
fn names_survive_text_whatever_they_are() {
    let folder = tempdir().unwrap();
    for (file, names) in [
        ("a.csv", ["# first", "a,b"]),
        ("a.csv", ["V (mV)", "say \"x\""]),
        ("a.tsv", ["a\tb", "c;d"]),
        ("a.csv", ["1 x", "2"]),
    ] {
        let path = folder.path().join(file);
        let trajectory = Trajectory::new(array![[1.0, 2.0]], 1.0).unwrap().with_names(names).unwrap();
        write_csv(&path, &trajectory).unwrap();
        assert_eq!(read_one(&path, &ReadOptions::default()).unwrap(), trajectory, "{names:?}");
    }
}

/// Trajectories with gaps, of all magnitudes.
fn trajectories() -> impl Strategy<Value = Trajectory> {
    (1..20_usize, 1..5_usize).prop_flat_map(|(t, n)| {
        let cell = prop_oneof![
            8 => proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO,
            1 => Just(f64::NAN),
        ];
        prop::collection::vec(cell, t * n).prop_map(move |values| {
            let data = Array1::from(values).into_shape_with_order((t, n)).unwrap();
            Trajectory::from_array_with_missing(data, 1.0).unwrap()
        })
    })
}

proptest! {
    #[test]
    fn everything_survives_writing_and_reading(trajectory in trajectories()) {
        let folder = tempdir().unwrap();
        for name in ["a.npy", "a.csv", "a.tsv"] {
            let path = folder.path().join(name);
            if name == "a.npy" {
                write_npy(&path, &trajectory, FloatType::F64).unwrap();
            } else {
                write_csv(&path, &trajectory).unwrap();
            }
            prop_assert_eq!(&read_one(&path, &masked()).unwrap(), &trajectory);
        }
    }

    #[test]
    fn single_precision_keeps_seven_digits(values in prop::collection::vec(-1e30..1e30_f64, 1..50)) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let trajectory = Trajectory::new(Array1::from(values).insert_axis(ndarray::Axis(1)), 1.0).unwrap();
        write_npy(&path, &trajectory, FloatType::F32).unwrap();
        let back = read_one(&path, &ReadOptions::default()).unwrap();
        for (a, b) in back.data().iter().zip(trajectory.data()) {
            prop_assert!((a - b).abs() <= 6e-8 * b.abs());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "[0-9a-z.,;\"# \\t\\r\\n-]{0,200}",
    ) {
        let folder = tempdir().unwrap();
        for extension in ["npy", "npz", "csv", "txt"] {
            let path = folder.path().join("a").with_extension(extension);
            for content in [&bytes[..], text.as_bytes(), &[&b"\x93NUMPY\x01\x00"[..], &bytes[..]].concat()] {
                fs::write(&path, content).unwrap();
                let _ = read(&path, &masked());
            }
        }
    }
}

/// A file of measured or published data, where it is at hand.
fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

#[test]
fn published_files_are_read() {
    for (name, trials, t, n) in [
        ("lorenz63_on0.05_train.npy", 1, 100_000, 3),
        ("lorenz63_test.npy", 1, 100_000, 3),
        ("eeg_train.npy", 1, 9640, 64),
        ("lorenz_multimodal_gaussian_train.npy", 1, 100_000, 3),
        ("lorenz_multimodal_poisson_train.npy", 1, 100_000, 3),
        ("lorenz_multimodal_ordinal_train.npy", 1, 100_000, 8),
        ("nback_bold.npy", 26, 360, 20),
        ("nback_inputs.npy", 26, 360, 5),
        ("aln_simulated_bold.npy", 10, 500, 16),
    ] {
        let Some(path) = data(name) else { continue };
        let trajectories = read(&path, &ReadOptions::new(0.01)).unwrap();
        assert_eq!(
            (trajectories.len(), trajectories[0].len(), trajectories[0].dim()),
            (trials, t, n),
            "{name}"
        );
    }
    if let Some(path) = data("lorenz63_test.npy") {
        let lorenz = read_one(&path, &ReadOptions::new(0.01)).unwrap();
        for column in 0..3 {
            let mean = lorenz.data().column(column).mean().unwrap();
            let sd = lorenz.data().column(column).std(1.0);
            assert!(mean.abs() < 0.05 && (sd - 1.0).abs() < 0.05, "standardised: {mean}, {sd}");
        }
    }
}

#[test]
fn the_archive_of_measured_bold_is_read_and_its_corrupt_subject_found() {
    let Some(path) = data("alice_bold.npz") else { return };
    let options = ReadOptions::new(2.0);
    let error = read(&path, &options).unwrap_err();
    says(&error, "motion");
    let subjects = read(&path, &options.clone().key("X")).unwrap();
    assert_eq!((subjects.len(), subjects[0].len(), subjects[0].dim()), (28, 362, 6));
    assert_eq!(read(&path, &options.key("inputs")).unwrap()[0].dim(), 2);
    let corrupt: Vec<&Trajectory> = subjects.iter().filter(|s| !s.constant_columns().is_empty()).collect();
    assert_eq!(corrupt.len(), 1);
    let error = attractor_systems::Standardizer::fit(corrupt[0]).unwrap_err();
    assert!(matches!(error, Error::ConstantColumn { .. }), "{error}");
}

#[test]
fn the_table_of_confounds_is_read() {
    let Some(path) = data("confounds_20x18.tsv") else { return };
    let table = read_one(&path, &masked()).unwrap();
    assert_eq!((table.len(), table.dim()), (20, 18));
}
