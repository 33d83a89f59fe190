//! Tables of regions, of one subject and of many.

use attractor_fmri::{Error, Recording, Tables};
use ndarray::Array3;
use ndarray_npy::write_npy;
use tempfile::tempdir;

use super::{close, data, file, says};

#[test]
fn text_of_one_subject_with_inputs_and_nuisance() {
    let (_a, bold) = file("sub-01.tsv", "V1\tFFA\n1.0\t2.0\nn/a\t3.5\n0.5\t2.5\n");
    let (_b, inputs) = file("inputs.csv", "face,house\n0,1\n1,0\n0,0\n");
    let (_c, motion) = file("motion.txt", "0.1 0.2\n0.2 0.1\n0.0 0.3\n");
    let cohort = Tables::new(&bold, 2.0).inputs(&inputs, None).nuisance(&motion, None).load().unwrap();
    let [recording] = cohort.recordings() else { panic!("{cohort}") };
    assert_eq!((recording.name(), recording.tr()), ("sub-01", 2.0));
    assert_eq!(recording.bold().names(), ["V1", "FFA"]);
    assert!(recording.bold().is_missing(1, 0));
    assert_eq!(recording.inputs().unwrap().names(), ["face", "house"]);
    assert_eq!(recording.nuisance().unwrap().names(), ["r1", "r2"]);
    assert_eq!(recording.steps()[0].to_string(), "read BOLD of subject 0 from sub-01.tsv");
    assert_eq!(recording.steps().len(), 3);

    let (_b, short) = file("inputs.csv", "face,house\n0,1\n1,0\n");
    let cohort = Tables::new(&bold, 2.0).inputs(&short, None).load().unwrap();
    let [refusal] = cohort.refused() else { panic!("{cohort}") };
    assert!(matches!(refusal.reason, Error::Length { expected: 3, found: 2, .. }));
    says(&refusal.reason, "sub-01: inputs have 2 rows, the BOLD series has 3 scans");
    says(&Tables::new(&bold, 2000.0).load().unwrap_err(), "2000 ms are 2.0");
    let (_c, gaps) = file("motion.csv", "a,b\n1,2\nn/a,1\n3,1\n");
    let cohort = Tables::new(&bold, 2.0).nuisance(&gaps, None).load().unwrap();
    says(&cohort.refused()[0].reason, "nuisance regressor \"a\" is missing (n/a, NaN) at scan 1");
}

#[test]
fn one_corrupt_subject_does_not_stop_the_others() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("study.npy");
    let mut all = Array3::from_shape_fn((4, 10, 2), |(s, t, n)| (s + t * (n + 1)) as f64);
    all.slice_mut(ndarray::s![1, .., 1]).fill(7.0);
    all.slice_mut(ndarray::s![2, .., 0]).fill(f64::NAN);
    write_npy(&path, &all).unwrap();
    let cohort = Tables::new(&path, 1.0).regions(["V1", "MT"]).load().unwrap();
    assert_eq!(cohort.recordings().iter().map(Recording::name).collect::<Vec<_>>(), ["study 1", "study 4"]);
    let [constant, empty] = cohort.refused() else { panic!("{cohort}") };
    says(&constant.reason, "study 2: region \"MT\" is constant at 7 in all 10 scans");
    says(&empty.reason, "study 3: region \"V1\" is missing (NaN) at all 10 scans");

    let table = Tables::new(&path, 1.0);
    says(&table.clone().subjects(["a"]).load().unwrap_err(), "1 names for 4 subjects");
    says(&table.clone().regions(["V1"]).load().unwrap_err(), "1 names for 2 regions");
    let (_a, other) = file("inputs.csv", "1\n2\n");
    says(&table.inputs(other, None).load().unwrap_err(), "inputs are of 1 subjects, the BOLD series of 4");
}

#[test]
fn the_story_listening_data_are_read_without_the_corrupt_subject() {
    let Some(path) = data("alice_bold.npz") else { return };
    let tables = Tables::new(&path, 2.0).key("X").nuisance(&path, Some("motion")).subjects_from("subjects");
    let cohort = tables.load().unwrap();
    assert_eq!(cohort.len(), 27);
    let [refusal] = cohort.refused() else { panic!("{cohort}") };
    assert_eq!(refusal.name, "s33");
    says(&refusal.reason, "s33: region \"x1\" is constant");

    // numpy.linalg.lstsq: R² of six motion regressors and a constant.
    let mut r_squared = Vec::new();
    for recording in cohort.recordings() {
        r_squared.extend(recording.nuisance_regression().unwrap().r_squared);
    }
    close(r_squared.iter().sum::<f64>() / r_squared.len() as f64, 0.342_244_732_066_026_1, 1e-9);
    r_squared.sort_by(f64::total_cmp);
    close(0.5 * (r_squared[80] + r_squared[81]), 0.319_284_486_017_602_34, 1e-9);
    let first = cohort.get("s18").unwrap().nuisance_regression().unwrap();
    close(first.intercept[0], 88.351_833_765_263_7, 1e-9);
    for (found, expected) in first.coefficients.row(0).iter().zip([
        30.806_643_426_689_256,
        1.380_752_197_785_902,
        -4.715_909_571_503_111,
        10.084_060_729_572_283,
        -148.263_800_107_538_66,
        1_168.490_029_293_26,
    ]) {
        close(*found, expected, 1e-8);
    }
    let error = Tables::new(&path, 2.0).key("X").subjects_from("motion").load().unwrap_err();
    says(&error, "holds no names");
}

#[test]
fn the_n_back_data_are_26_recordings_with_inputs() {
    let (Some(bold), Some(inputs)) = (data("nback_bold.npy"), data("nback_inputs.npy")) else { return };
    let names = ["triangle", "square", "CRT", "CDRT", "CMT"];
    let cohort = Tables::new(&bold, 3.0).inputs(&inputs, None).input_names(names).load().unwrap();
    assert_eq!((cohort.len(), cohort.refused().len()), (26, 0));
    for recording in cohort.recordings() {
        assert_eq!((recording.len(), recording.dim(), recording.tr()), (360, 20, 3.0));
        assert_eq!(recording.inputs().unwrap().names(), names);
        assert!(recording.inputs().unwrap().data().sum() > 0.0);
    }
    assert_eq!(cohort.recordings()[0].name(), "nback_bold 1");
}
