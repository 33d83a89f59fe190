//! Sliding windows over time, as rows of a matrix.

use burn::tensor::Tensor;

/// Each row holds the `taps` consecutive samples around one time step, oldest first:
/// `[B, taps − 1 + T, N]` -> `[B·T, taps·N]`.
pub(super) fn windows(x: Tensor<3>, taps: usize) -> Tensor<2> {
    let [batch, samples, n] = x.dims();
    let steps = samples + 1 - taps;
    if taps == 1 {
        return x.reshape([batch * steps, n]);
    }
    let shifted = (0..taps).map(|k| x.clone().narrow(1, k, steps)).collect();
    Tensor::cat(shifted, 2).reshape([batch * steps, taps * n])
}
