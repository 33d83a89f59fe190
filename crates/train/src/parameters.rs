//! Named access to the parameters of a module: reading them all, and putting others in their place.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    tensor::{Tensor, TensorData},
};

/// One parameter: its identity within the process, and its values.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub id: ParamId,
    pub data: TensorData,
}

/// All float parameters of `module` by their path, such as `dynamics.w1`.
pub(crate) fn read<M: Module>(module: &M) -> BTreeMap<String, Parameter> {
    #[derive(Default)]
    struct Reader {
        path: Vec<String>,
        found: BTreeMap<String, Parameter>,
    }
    impl ModuleVisitor for Reader {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let parameter = Parameter { id: param.id, data: param.val().into_data() };
            self.found.insert(self.path.join("."), parameter);
        }
    }
    let mut reader = Reader::default();
    module.visit(&mut reader);
    reader.found
}

/// Replaces the values of every float parameter by those under its path. Paths and shapes were compared before.
pub(crate) fn write<M: Module>(module: M, values: BTreeMap<String, TensorData>) -> M {
    struct Writer {
        path: Vec<String>,
        values: BTreeMap<String, TensorData>,
    }
    impl ModuleMapper for Writer {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let Some(data) = self.values.remove(&self.path.join(".")) else { return param };
            let (id, tensor, mapper) = param.consume();
            let trainable = tensor.is_require_grad();
            let value = Tensor::from_data(data, &tensor.device()).set_require_grad(trainable);
            Param::from_mapped_value(id, value, mapper)
        }
    }
    module.map(&mut Writer { path: Vec::new(), values })
}

/// Whether every parameter is finite.
pub(crate) fn are_finite<M: Module>(module: &M) -> bool {
    struct Finite(bool);
    impl ModuleVisitor for Finite {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0 = self.0 && param.val().into_data().iter::<f32>().all(f32::is_finite);
        }
    }
    let mut finite = Finite(true);
    module.visit(&mut finite);
    finite.0
}
