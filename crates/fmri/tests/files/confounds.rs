//! Tables of confounds, and recordings that get them.

use attractor_fmri::{Confound, ConfoundTable, Error, Motion, Recording, Scrubbing, Step};
use attractor_systems::Trajectory;
use ndarray::Array2;

use super::{close, data, file, says};

const FMRIPREP: &str = "\
csf\twhite_matter\tframewise_displacement\ta_comp_cor_00\ta_comp_cor_01\ta_comp_cor_10\ta_comp_cor_02\tcosine00\tcosine01\t\
trans_x\ttrans_x_derivative1\ttrans_x_derivative1_power2\ttrans_x_power2\ttrans_y\ttrans_z\trot_x\trot_y\trot_z\t\
motion_outlier00
1.0\t9.0\tn/a\t0.1\t0.2\t10.0\t2.0\t0.5\t0.4\t0.5\tn/a\tn/a\t0.25\t1.0\t2.0\t0.01\t0.0\t0.0\t0
2.0\t8.0\t0.1\t0.3\t0.1\t11.0\t2.1\t0.2\t-0.4\t0.7\t0.2\t0.04\t0.49\t1.0\t2.5\t0.02\t0.0\t0.0\t1
1.5\t8.5\t0.8\t0.2\t0.3\t12.0\t2.3\t-0.2\t-0.4\t0.4\t-0.3\t0.09\t0.16\t1.5\t2.5\t0.00\t0.0\t0.0\t0
1.0\t8.1\t0.2\t0.2\t0.5\t13.0\t2.2\t-0.5\t0.4\t0.4\t0.0\t0.0\t0.16\t1.5\t2.0\t0.00\t0.1\t0.0\t0
";

fn table(text: &str) -> ConfoundTable {
    let (_a, path) = file("confounds.tsv", text);
    ConfoundTable::read(path).unwrap()
}

fn recording(scans: usize) -> Recording {
    let bold = Array2::from_shape_fn((scans, 2), |(t, n)| ((t + 1) * (n + 2)) as f64);
    Recording::new("sub-01", Trajectory::new(bold, 2.0).unwrap()).unwrap()
}

fn names(confounds: &[Confound]) -> Vec<String> {
    table(FMRIPREP).select(confounds, 2.0).unwrap().regressors.unwrap().names().to_vec()
}

#[test]
fn columns_are_chosen_by_kind() {
    assert_eq!(
        names(&[Confound::Motion(Motion::Six), Confound::Csf, Confound::WhiteMatter]),
        ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z", "csf", "white_matter"]
    );
    // By number, not by letters or by place in the file.
    assert_eq!(names(&[Confound::ACompCor(3)]), ["a_comp_cor_00", "a_comp_cor_01", "a_comp_cor_02"]);
    assert_eq!(names(&[Confound::ACompCor(4)])[3], "a_comp_cor_10");
    assert_eq!(names(&[Confound::Cosines, Confound::Spikes]), ["cosine00", "cosine01", "motion_outlier00"]);
    assert_eq!(names(&[Confound::Column("csf".into())]), ["csf"]);
    assert_eq!(
        names(&[Confound::PolynomialDrift(2), Confound::CosineDrift { cutoff: 8.0 }]),
        ["drift_polynomial_1", "drift_polynomial_2", "drift_cosine_1", "drift_cosine_2"]
    );
    let none = table("csf\n1\n2\n").select(&[Confound::Spikes], 2.0).unwrap();
    assert!(none.regressors.is_none());
}

#[test]
fn twenty_four_motion_regressors_are_taken_or_computed() {
    let chosen = table(FMRIPREP).select(&[Confound::Motion(Motion::TwentyFour)], 2.0).unwrap();
    let regressors = chosen.regressors.unwrap();
    assert_eq!(regressors.dim(), 24);
    // trans_x has its columns in the file, with n/a in the first row; the others are computed: 3 for 5 parameters.
    assert_eq!(chosen.filled, ["trans_x_derivative1", "trans_x_derivative1_power2"]);
    assert_eq!(chosen.computed.len(), 15);
    let column = |name: &str| {
        let column = regressors.column_index(name).unwrap();
        regressors.data().column(column).to_vec()
    };
    assert_eq!(column("trans_x_derivative1"), [0.0, 0.2, -0.3, 0.0]);
    assert_eq!(column("trans_z_derivative1"), [0.0, 0.5, 0.0, -0.5]);
    assert_eq!(column("trans_z_power2"), [4.0, 6.25, 6.25, 4.0]);
    assert_eq!(column("trans_z_derivative1_power2"), [0.0, 0.25, 0.0, 0.25]);
    assert_eq!(
        &regressors.names()[6..9],
        ["trans_x_derivative1", "trans_x_power2", "trans_x_derivative1_power2"]
    );
}

#[test]
fn a_recording_remembers_its_confounds() {
    let confounds = [Confound::Motion(Motion::TwentyFour), Confound::Spikes];
    let recording = recording(4).with_confounds(&table(FMRIPREP), &confounds).unwrap();
    assert_eq!(recording.nuisance().unwrap().dim(), 25);
    assert_eq!(recording.nuisance().unwrap().dt(), 2.0);
    let [Step::Confounds { filled, .. }] = recording.steps() else { panic!("{recording}") };
    assert_eq!(filled.len(), 2);
    says_step(&recording, "n/a of the first row set to 0 in trans_x_derivative1");
    let more = recording.with_confounds(&table(FMRIPREP), &[Confound::Csf]).unwrap();
    assert_eq!(more.nuisance().unwrap().dim(), 26);
    says(&more.with_confounds(&table(FMRIPREP), &[Confound::Csf]).unwrap_err(), "are named \"csf\"");
}

#[track_caller]
fn says_step(recording: &Recording, text: &str) {
    let last = recording.steps().last().unwrap().to_string();
    assert!(last.contains(text), "{last}");
}

#[test]
fn scans_of_much_motion_become_missing() {
    let scrubbed = recording(4).scrub_motion(&table(FMRIPREP), &Scrubbing::above(0.5)).unwrap();
    let missing: Vec<bool> = (0..4).map(|t| scrubbed.bold().is_missing(t, 1)).collect();
    assert_eq!(missing, [false, false, true, false]);
    says_step(&scrubbed, "scrubbed 1 of 4 scans: framewise displacement above 0.5 mm");

    // Without its column the displacement is computed: |0.2| + |0.5| + 50 · |0.01|; 0.3 + 0.5 + 50 · 0.02; 0.5 + 50 · 0.1.
    let computed = table(&FMRIPREP.replace("framewise_displacement", "fd")).framewise_displacement().unwrap();
    for (found, expected) in computed.iter().zip([0.0, 1.2, 1.8, 5.5]) {
        assert!((found - expected).abs() < 1e-12, "{computed}");
    }
    let all = recording(4).scrub(&[true, true, true, false], "by hand");
    says(&all.unwrap_err(), "is constant at 8 in all 1 scans");
}

#[test]
fn what_does_not_fit_is_refused_with_advice() {
    let error = recording(6).with_confounds(&table(FMRIPREP), &[Confound::Csf]).unwrap_err();
    assert!(matches!(error, Error::Length { expected: 6, found: 4, .. }));
    says(&error, "sub-01: confounds have 4 rows, the BOLD series has 6 scans; use the file of the same run");
    says(&recording(3).scrub_motion(&table(FMRIPREP), &Scrubbing::default()).unwrap_err(), "4 rows");
    let refused = |confound: Confound| table(FMRIPREP).select(&[confound], 2.0).unwrap_err();
    says(&refused(Confound::GlobalSignal), "no column \"global_signal\"");
    says(&refused(Confound::Column("trans_xx".into())), "are trans_x,");
    says(&refused(Confound::ACompCor(5)), "has 4 of the 5 columns a_comp_cor_00 ...");
    says(&table("csf\n1\n2\n").select(&[Confound::Cosines], 2.0).unwrap_err(), "Confound::CosineDrift");
    let gap = table("csf\n1\nn/a\n3\n").select(&[Confound::Csf], 2.0).unwrap_err();
    says(&gap, "confound \"csf\" is missing (n/a, NaN) at scan 1");
    let twice = table(FMRIPREP).select(&[Confound::Csf, Confound::Csf], 2.0).unwrap_err();
    says(&twice, "take each column once");
    assert!(ConfoundTable::read("nowhere.tsv").is_err());
}

#[test]
fn the_published_table_is_read() {
    let Some(path) = data("confounds_20x18.tsv") else { return };
    let table = ConfoundTable::read(path).unwrap();
    assert_eq!((table.len(), table.names().len()), (20, 18));
    let columns = ["motion-x", "motion-y", "motion-z"].map(|name| Confound::Column(name.into()));
    let chosen = table.select(&columns, 2.0).unwrap().regressors.unwrap();
    close(chosen.data()[[0, 0]], 0.084, 1e-12);
    says(&table.select(&[Confound::Motion(Motion::Six)], 2.0).unwrap_err(), "no column \"trans_x\"");
}
