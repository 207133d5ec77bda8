"""A trained network as a model folder of Carpus: `model.onnx`, its numbers stored in half precision, and `model.json`."""

import hashlib
import json
import pathlib
import subprocess
import warnings

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from .config import Task
from .labels import AUXILIARY
from .network import UNet

OPERATORS = {"Conv", "InstanceNormalization", "LeakyRelu", "ConvTranspose", "Concat", "Identity", "Cast"}
# The axes (slice, row, column) an image is turned to by permuting and flipping; see `geometry.py` and `frame.py`.
FRAME = {
    "side": "right", "mirrorLeft": True, "assumes": {"distal": "S", "palmar": "A"},
    "planes": {
        "coronal": ["dorsal-palmar", "distal-proximal", "ulnar-radial"], "axial": ["proximal-distal", "dorsal-palmar", "ulnar-radial"],
        "sagittal": ["ulnar-radial", "distal-proximal", "dorsal-palmar"],
    },
}


def export(network: UNet, task: Task, folder: pathlib.Path, facts: dict) -> dict:
    """Writes the folder, checks the network in onnxruntime against PyTorch, and returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    network = network.cpu().float().eval()
    example = torch.zeros(1, len(task.channels), *task.patch)
    axes = {0: "batch", 2: "slices", 3: "rows", 4: "columns"}
    with warnings.catch_warnings():
        # Instance norm without running statistics is the same in training and after; the exporter cannot know.
        warnings.simplefilter("ignore")
        torch.onnx.export(network, (example,), str(path), opset_version=17, dynamo=False, input_names=["images"], output_names=["logits"], dynamic_axes={"images": axes, "logits": axes})
    model = onnx.load(path)
    halve(model.graph)
    used = {n.op_type for n in model.graph.node}
    if used - OPERATORS:
        raise ValueError(f"the network needs operators that Carpus was not promised: {', '.join(sorted(used - OPERATORS))}")
    onnx.checker.check_model(model)
    onnx.save(model, path)
    error = compared(network, path, task)
    manifest = manifest_of(task, hashlib.sha256(path.read_bytes()).hexdigest(), facts)
    (folder / "model.json").write_text(json.dumps(manifest, indent=2) + "\n")
    # For training on: the same numbers as PyTorch has them.
    torch.save({k: v.half() for k, v in network.state_dict().items()}, folder / "weights.pt")
    return {"bytes": path.stat().st_size, "operators": sorted(used), "error": error, "manifest": manifest}


def halve(graph: onnx.GraphProto):
    """Stores initialisers in half precision; a Cast of each brings it back, so that any runtime computes in single precision."""
    casts = []
    for i, tensor in enumerate(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT:
            continue
        name = tensor.name
        graph.initializer[i].CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(numpy.float16), name + "_half"))
        casts.append(helper.make_node("Cast", [name + "_half"], [name], name="cast_" + name, to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def compared(network: UNet, path: pathlib.Path, task: Task) -> float:
    """Largest difference of logits between onnxruntime and PyTorch, in the units of their deviation, at two sizes; throws above 0.02 (half precision's digits)."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for size in (tuple(max(16, n // 2) for n in task.patch), (16, 96, 64)):
        x = torch.randn(1, len(task.channels), *size, generator=torch.Generator().manual_seed(1))
        with torch.inference_mode():
            expected = network(x).numpy()
        found = session.run(None, {"images": x.numpy()})[0]
        worst = max(worst, float(numpy.abs(found - expected).max() / expected.std()))
    if worst > 0.02:
        raise ValueError(f"onnxruntime differs from PyTorch by {worst:.3g} of the logits' deviation")
    return worst


def manifest_of(task: Task, digest: str, facts: dict) -> dict:
    """What `model.json` says. Names follow Docs/Models.md."""
    channels = []
    for c in task.channels:
        entry = {"role": c.name, "optional": c.drop > 0, "normalisation": {"scheme": "z-score"}}
        if c.difference:
            entry["difference"] = list(c.difference)
        elif c.roles != (c.name,):
            entry["accepts"] = list(c.roles)
        channels.append(entry)
    labels = []
    for i, value in enumerate(task.values[1:], 1):
        # What is learnt for the lesions' sake has a value of its own and is left out of the map that is written.
        labels.append({"value": value, "name": task.names[value]} if value else {"value": 100 + i, "name": "context-" + AUXILIARY[i], "hidden": True})
    return {
        "carpusModel": 1, "name": task.name, "version": facts.get("version", "1"), "summary": task.summary, "licence": "Apache-2.0",
        "training": facts.get("training", ""), "validation": facts.get("validation", ""), "networks": [{"file": "model.onnx", "sha256": digest}], "channels": channels,
        "frame": FRAME, "spacing": list(task.spacing), "patch": list(task.patch), "cropToNonzero": False,
        "imageResampling": {"order": 3, "orderAcross": 0, "anisotropy": 3}, "logitResampling": {"order": 1, "orderAcross": 0, "anisotropy": 3},
        "windows": {"scheme": "nnunet", "step": 0.5, "gaussian": True}, "mirrorAxes": [], "output": {"kind": "labels", "labels": labels}, "calibration": {"temperature": 1.0},
        "envelope": {"inPlaneSpacing": {"least": 0.2, "most": 0.8}, "sliceSpacing": {"least": 0.6, "most": 5.0}},
    }


def commit() -> str:
    """The commit the code is at, with a mark when it was changed."""
    here = pathlib.Path(__file__).parent
    found = subprocess.run(["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], capture_output=True, text=True)
    return found.stdout.strip() or "unknown"
