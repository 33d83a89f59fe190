//! Checkpoints: the whole state of a run in one safetensors file.
//!
//! The tensors are the model's parameters as `model/<path>` and the optimiser's moments as `optimizer/<path>/<name>`. All
//! else (run, step, generator, history) is one JSON text in the file's metadata, with a checksum over it and the tensors.
//! Reading one runs no code, and writing one replaces the file before in one step.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use attractor_models::Initialize;
use burn::{
    optim::{ModuleOptimizer, OptimizerRecord},
    tensor::{Bytes, DType, Device, Shape, TensorData},
};
use burn_pack::Scalar;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::{
    Dataset, Error, History, Result, Run, fnv::Fnv, parameters, parameters::Parameter, trainer::State,
};

/// Version of the file format that this library reads and writes.
pub const FORMAT_VERSION: u32 = 1;

/// The key of the JSON text in the file's metadata.
const KEY: &str = "attractor";

/// Burn's name of the scalar that holds the rank of a parameter.
const RANK: &str = "__rank";

/// The whole state of a run between two steps.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    path: PathBuf,
    header: Header,
    tensors: Tensors,
}

/// What a run goes on from.
type Restored<C, O> = (Run<C, O>, State<<C as Initialize>::Module>);

/// Shape and values by name.
type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// The JSON text: the header as it was written, so that its checksum does not depend on how it is written again.
#[derive(Serialize, Deserialize)]
struct Envelope {
    format_version: u32,
    checksum: String,
    header: Box<RawValue>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    /// The types of the model's and the objective's configuration: two of them can have the same fields.
    model: String,
    objective: String,
    /// The run, as JSON of its own, so that its type is only asked for when it is restored.
    run: Value,
    step: usize,
    generator: ChaCha8Rng,
    history: History,
    /// Scalars of the optimiser's state, by `<path>/<name>`.
    optimizer: BTreeMap<String, i64>,
    data_fingerprint: u64,
}

impl Checkpoint {
    pub(crate) fn capture<C: Initialize, O: Serialize>(
        run: &Run<C, O>,
        state: &State<C::Module>,
        history: &History,
        dataset: &Dataset,
    ) -> Result<Self> {
        let parameters = parameters::read(&state.model);
        let paths: BTreeMap<u64, &String> =
            parameters.iter().map(|(path, parameter)| (parameter.id.val(), path)).collect();
        let mut tensors: BTreeMap<_, _> = parameters
            .iter()
            .map(|(path, parameter)| (format!("model/{path}"), plain(&parameter.data)))
            .collect();
        let mut scalars = BTreeMap::new();
        let (moments, counts) = read_optimizer(&state.optimizer);
        for (id, name, data) in moments {
            tensors.insert(format!("optimizer/{}/{name}", paths[&id]), plain(&data));
        }
        for (id, name, value) in counts {
            scalars.insert(format!("{}/{name}", paths[&id]), value);
        }
        Ok(Self {
            path: PathBuf::from("the checkpoint in memory"),
            header: Header {
                model: kind::<C>(),
                objective: kind::<O>(),
                run: serde_json::to_value(run).map_err(|error| not_whole(Path::new("run"), error))?,
                step: state.step,
                generator: state.rng.clone(),
                history: history.clone(),
                optimizer: scalars,
                data_fingerprint: dataset.fingerprint(),
            },
            tensors,
        })
    }

    /// Steps taken.
    pub fn step(&self) -> usize {
        self.header.step
    }

    /// The course of the run so far.
    pub fn history(&self) -> &History {
        &self.header.history
    }

    /// The run, when it is one of a model `C` with objective `O`.
    ///
    /// # Errors
    /// [`Error::AnotherModel`].
    pub fn run<C: DeserializeOwned, O: DeserializeOwned>(&self) -> Result<Run<C, O>> {
        self.check_kind::<C>("model", &self.header.model)?;
        self.check_kind::<O>("objective", &self.header.objective)?;
        serde_json::from_value(self.header.run.clone()).map_err(|error| self.another(error))
    }

    /// Refuses a checkpoint that another run than `run` wrote, so that resuming never trains something else than what was
    /// asked for.
    ///
    /// # Errors
    /// [`Error::AnotherModel`] with the first setting that differs.
    pub fn check<C: Initialize, O: Serialize>(&self, run: &Run<C, O>) -> Result<()> {
        self.check_kind::<C>("model", &self.header.model)?;
        self.check_kind::<O>("objective", &self.header.objective)?;
        let wanted = serde_json::to_value(run).map_err(|error| not_whole(Path::new("run"), error))?;
        match difference(&self.header.run, &wanted) {
            None => Ok(()),
            Some((setting, held, wanted)) => {
                Err(self.another(format!("its setting `{setting}` is {held}, not {wanted}")))
            }
        }
    }

    /// The model with its trained parameters on `device`, to infer and generate with.
    ///
    /// # Errors
    /// [`Error::AnotherModel`] when the checkpoint holds another kind of model than `C` builds.
    pub fn model<C: Initialize>(&self, device: &Device) -> Result<C::Module> {
        #[derive(Deserialize)]
        struct ModelOf<C> {
            model: C,
        }
        self.check_kind::<C>("model", &self.header.model)?;
        let of: ModelOf<C> =
            serde_json::from_value(self.header.run.clone()).map_err(|error| self.another(error))?;
        self.fill(&of.model, device)
    }

    pub(crate) fn restore<C: Initialize, O: DeserializeOwned>(
        &self,
        dataset: &Dataset,
        device: &Device,
    ) -> Result<Restored<C, O>> {
        let found = dataset.fingerprint();
        if found != self.header.data_fingerprint {
            return Err(Error::OtherData { expected: self.header.data_fingerprint, found });
        }
        let run = self.run::<C, O>()?;
        let model = self.fill(&run.model, device)?;
        let optimizer = self.fill_optimizer(run.trainer.optimizer.init(), &parameters::read(&model))?;
        let state = State { model, optimizer, rng: self.header.generator.clone(), step: self.header.step };
        Ok((run, state))
    }

    /// Puts the checkpoint's state of the optimiser in. Burn leaves out what it cannot use, so what it took is compared
    /// with what it was given: a run never goes on with part of its state.
    fn fill_optimizer(
        &self,
        optimizer: ModuleOptimizer,
        parameters: &BTreeMap<String, Parameter>,
    ) -> Result<ModuleOptimizer> {
        let find = |key: &str| -> Result<(&Parameter, String)> {
            let (path, name) = key.rsplit_once('/').unwrap_or((key, ""));
            let parameter = parameters
                .get(path)
                .ok_or_else(|| self.another(format!("it has the optimiser's state of `{path}`")))?;
            Ok((parameter, name.to_string()))
        };
        let mut moments = Vec::new();
        for (key, (shape, values)) in &self.tensors {
            let Some(key) = key.strip_prefix("optimizer/") else { continue };
            let (parameter, name) = find(key)?;
            let wanted = parameter.data.shape().to_vec();
            if *shape != wanted {
                return Err(self.another(format!("state `{key}` has shape {shape:?}, not {wanted:?}")));
            }
            moments.push((parameter.id.val(), name, TensorData::new(values.clone(), shape.clone())));
        }
        let mut counts = Vec::new();
        for (key, value) in &self.header.optimizer {
            let (parameter, name) = find(key)?;
            let rank = parameter.data.shape().to_vec().len();
            if name == RANK && usize::try_from(*value) != Ok(rank) {
                return Err(self.another(format!("state `{key}` is {value}, not {rank}")));
            }
            counts.push((parameter.id.val(), name, *value));
        }
        let keys = |moments: &Moments, counts: &Counts| -> BTreeSet<(u64, String)> {
            let moments = moments.iter().map(|(id, name, _)| (*id, name.clone()));
            moments.chain(counts.iter().map(|(id, name, _)| (*id, name.clone()))).collect()
        };
        let given = keys(&moments, &counts);
        let optimizer = write_optimizer(optimizer, moments, counts).map_err(|error| self.another(error))?;
        let (moments, counts) = read_optimizer(&optimizer);
        if given == keys(&moments, &counts) {
            Ok(optimizer)
        } else {
            Err(self.another("the state of its optimiser is not whole"))
        }
    }

    /// Builds the model of `config` and puts the checkpoint's parameters in.
    fn fill<C: Initialize>(&self, config: &C, device: &Device) -> Result<C::Module> {
        // The starting values are replaced at once, so their seed does not matter.
        let model = config.init(device, &mut ChaCha8Rng::seed_from_u64(0))?;
        let mut values = BTreeMap::new();
        let expected = parameters::read(&model);
        for (path, parameter) in &expected {
            let (shape, data) = self
                .tensors
                .get(&format!("model/{path}"))
                .ok_or_else(|| self.another(format!("it has no parameter `{path}`")))?;
            let wanted = parameter.data.shape().to_vec();
            if *shape != wanted {
                return Err(self.another(format!("parameter `{path}` has shape {shape:?}, not {wanted:?}")));
            }
            values.insert(path.clone(), TensorData::new(data.clone(), shape.clone()));
        }
        let held = self.tensors.keys().filter_map(|name| name.strip_prefix("model/"));
        if let Some(extra) = held.into_iter().find(|path| !expected.contains_key(*path)) {
            return Err(self.another(format!("it has a parameter `{extra}` that the model has not")));
        }
        Ok(parameters::write(model, values))
    }

    /// Writes the checkpoint to `path`, whole or not at all: a temporary file beside it is written, synced and renamed.
    ///
    /// # Errors
    /// [`Error::Io`]; what was at `path` before is then still there.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let io = |source| Error::Io { path: path.to_path_buf(), source };
        let header = serde_json::value::to_raw_value(&self.header).map_err(|error| not_whole(path, error))?;
        let checksum = checksum(&header, &self.tensors);
        let envelope = Envelope { format_version: FORMAT_VERSION, checksum, header };
        let envelope = serde_json::to_string(&envelope).map_err(|error| not_whole(path, error))?;
        let bytes: BTreeMap<&String, Vec<u8>> = self
            .tensors
            .iter()
            .map(|(name, (_, values))| (name, values.iter().flat_map(|value| value.to_le_bytes()).collect()))
            .collect();
        let view = |(name, (shape, _)): (_, &(Vec<usize>, _))| {
            let view = TensorView::new(Dtype::F32, shape.clone(), &bytes[name]);
            Ok((name, view.map_err(|error| not_whole(path, error))?))
        };
        let views = self.tensors.iter().map(view).collect::<Result<Vec<_>>>()?;
        let metadata = HashMap::from([(KEY.to_string(), envelope)]);
        let file = safetensors::serialize(views, Some(metadata)).map_err(|error| not_whole(path, error))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        // As readable as any other new file: what the umask allows.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut temporary = builder.tempfile_in(folder).map_err(io)?;
        temporary.write_all(&file).map_err(io)?;
        temporary.as_file().sync_all().map_err(io)?;
        temporary.persist(path).map_err(|error| io(error.error))?;
        // The rename itself is durable once the folder is synced, which not every system allows.
        if let Ok(folder) = fs::File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be read, [`Error::NotACheckpoint`] when it is cut short, damaged or of another
    /// kind, [`Error::Version`] when another version of the library wrote it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u32,
        }
        let path = path.as_ref();
        let file = fs::read(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
        let tensors = SafeTensors::deserialize(&file).map_err(|error| not_whole(path, error))?;
        let (_, metadata) = SafeTensors::read_metadata(&file).map_err(|error| not_whole(path, error))?;
        let json = metadata
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(KEY))
            .ok_or_else(|| not_whole(path, format!("its metadata have no `{KEY}`")))?;
        let Version { format_version } =
            serde_json::from_str(json).map_err(|error| not_whole(path, error))?;
        if format_version != FORMAT_VERSION {
            return Err(Error::Version {
                path: path.to_path_buf(),
                found: format_version,
                expected: FORMAT_VERSION,
            });
        }
        let envelope: Envelope = serde_json::from_str(json).map_err(|error| not_whole(path, error))?;
        let mut read = Tensors::new();
        for (name, view) in tensors.tensors() {
            if view.dtype() != Dtype::F32 {
                return Err(not_whole(path, format!("tensor `{name}` is not of type F32")));
            }
            let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            read.insert(name, (view.shape().to_vec(), values.collect()));
        }
        if checksum(&envelope.header, &read) != envelope.checksum {
            return Err(not_whole(path, "its checksum is not that of its content"));
        }
        let header = serde_json::from_str(envelope.header.get()).map_err(|error| not_whole(path, error))?;
        Ok(Self { path: path.to_path_buf(), header, tensors: read })
    }

    fn check_kind<T>(&self, what: &str, held: &str) -> Result<()> {
        let wanted = kind::<T>();
        if held == wanted {
            Ok(())
        } else {
            Err(self.another(format!("its {what} is `{held}`, not `{wanted}`")))
        }
    }

    fn another(&self, reason: impl ToString) -> Error {
        Error::AnotherModel { path: self.path.clone(), reason: reason.to_string() }
    }
}

fn not_whole(path: &Path, reason: impl ToString) -> Error {
    Error::NotACheckpoint { path: path.to_path_buf(), reason: reason.to_string() }
}

/// The first place where two JSON values differ: its path, and what is there in each.
fn difference(a: &Value, b: &Value) -> Option<(String, Value, Value)> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().find_map(|name| {
                let at =
                    |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                let (path, held, wanted) = difference(&at(a), &at(b))?;
                let path = if path.is_empty() { name.clone() } else { format!("{name}.{path}") };
                Some((path, held, wanted))
            })
        }
        _ => (a != b).then(|| (String::new(), a.clone(), b.clone())),
    }
}

/// The name of a type without the modules that it and its parameters live in, so that moving a type does not matter.
fn kind<T>() -> String {
    let mut kind = String::new();
    for part in std::any::type_name::<T>().split_inclusive(['<', '>', ',', ' ', '(', ')', '[', ']', ';', '&'])
    {
        kind.push_str(part.rsplit_once("::").map_or(part, |(_, name)| name));
    }
    kind
}

/// FNV-1a over the header and the names, shapes and values of the tensors.
fn checksum(header: &RawValue, tensors: &Tensors) -> String {
    let mut hash = Fnv::default();
    hash.add(header.get().as_bytes());
    for (name, (shape, values)) in tensors {
        hash.add(name.as_bytes());
        for size in shape {
            hash.add(&(*size as u64).to_le_bytes());
        }
        for value in values {
            hash.add(&value.to_le_bytes());
        }
    }
    format!("{:016x}", hash.value())
}

fn plain(data: &TensorData) -> (Vec<usize>, Vec<f32>) {
    (data.shape().to_vec(), data.iter::<f32>().collect())
}

type Moments = Vec<(u64, String, TensorData)>;
type Counts = Vec<(u64, String, i64)>;

/// The optimiser's state by parameter id. Its record is opaque in memory but documented as bytes (burnpack): tensors and
/// scalars named `<id>.<name>`.
fn read_optimizer(optimizer: &ModuleOptimizer) -> (Moments, Counts) {
    let bytes = optimizer.to_record().into_bytes().expect("a record of plain tensors becomes bytes");
    let reader = burn_pack::Reader::from_bytes(bytes).expect("the bytes just written are a pack");
    let split = |name: &str| {
        let (id, name) = name.split_once('.').expect("state is named by parameter");
        (id.parse::<u64>().expect("a parameter id is a number"), name.to_string())
    };
    let counts = reader
        .scalars()
        .iter()
        .map(|(name, value)| {
            let (id, name) = split(name);
            (id, name, i64::try_from(*value).expect("the scalars of Adam and its kin are counts"))
        })
        .collect();
    let tensors = reader.into_tensors().expect("the bytes just written have their tensors");
    let moments = tensors
        .into_iter()
        .map(|tensor| {
            let (name, dtype, shape, _, bytes) = tensor.into_parts().expect("the tensor is in memory");
            let (id, name) = split(&name);
            (id, name, TensorData::from_bytes(bytes, shape, dtype))
        })
        .collect();
    (moments, counts)
}

fn write_optimizer(
    optimizer: ModuleOptimizer,
    moments: Moments,
    counts: Counts,
) -> Result<ModuleOptimizer, String> {
    let tensors = moments
        .into_iter()
        .map(|(id, name, data)| {
            let (bytes, shape, dtype): (Bytes, Shape, DType) = data.into_parts();
            burn_pack::Tensor::new(format!("{id}.{name}"), dtype, shape, Some(id), bytes)
        })
        .collect();
    let mut writer = burn_pack::Writer::new(tensors);
    for (id, name, value) in counts {
        writer = writer.with_scalar(&format!("{id}.{name}"), Scalar::Int(value));
    }
    let bytes = writer.into_bytes().map_err(|error| error.to_string())?;
    let record = OptimizerRecord::from_bytes(bytes).map_err(|error| error.to_string())?;
    Ok(optimizer.load_record(record))
}

#[cfg(test)]
mod tests;
