//! The forced rollout as one node of the computational graph.

use burn::backend::{
    autodiff::{
        Autodiff,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use super::fused::{OperandGradients, Operands, Plan, RolloutBackend, RolloutGradients, Wanted};

#[derive(Debug)]
struct RolloutBackward;

/// What the backward pass needs: the operands, which the graph holds anyway, and the result.
#[derive(Clone, Debug)]
struct State<B: RolloutGradients> {
    operands: Operands<B>,
    plan: Plan,
    states: FloatTensor<B>,
}

impl<B: RolloutGradients> Backward<B, 8> for RolloutBackward {
    type State = State<B>;

    fn backward(self, ops: Ops<Self::State, 8>, grads: &mut Gradients, _: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        let State { operands, plan, states } = ops.state;
        let [a, w, h, weights, thresholds, z0, drive, target] = ops.parents;
        let wanted = Wanted { drive: drive.is_some(), target: target.is_some() };
        let found = B::rollout_gradients(operands, plan, states, grad, wanted);
        let OperandGradients { a: da, w: dw, h: dh, features, z0: dz0, drive: ddrive, target: dtarget } =
            found;
        let (dweights, dthresholds) = features.map_or((None, None), |[w, t]| (Some(w), Some(t)));
        let pairs = [
            (a, Some(da)),
            (w, Some(dw)),
            (h, Some(dh)),
            (weights, dweights),
            (thresholds, dthresholds),
            (z0, Some(dz0)),
            (drive, ddrive),
            (target, dtarget),
        ];
        for (node, gradient) in pairs {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: RolloutGradients, C: CheckpointStrategy> RolloutBackend for Autodiff<B, C> {
    fn rollout(operands: Operands<Self>, plan: Plan) -> FloatTensor<Self> {
        let (a, node_a) = operands.a.into_parts();
        let (w, node_w) = operands.w.into_parts();
        let (h, node_h) = operands.h.into_parts();
        let (weights, node_weights) = operands.weights.into_parts();
        let (thresholds, node_thresholds) = operands.thresholds.into_parts();
        let (z0, node_z0) = operands.z0.into_parts();
        let (drive, node_drive) = operands.drive.into_parts();
        let (target, node_target) = operands.target.into_parts();
        // The mask is data: no gradient goes there.
        let (mask, _) = operands.mask.into_parts();
        let operands = Operands::<B> { a, w, h, weights, thresholds, z0, drive, target, mask };
        let nodes = [node_a, node_w, node_h, node_weights, node_thresholds, node_z0, node_drive, node_target];
        match RolloutBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => {
                let states = B::rollout(operands.clone(), plan.clone());
                prepared.finish(State { operands, plan, states: states.clone() }, states)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(B::rollout(operands, plan)),
        }
    }
}
