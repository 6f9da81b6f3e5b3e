"""The server that a Python engineer would write for the same graphs: FastAPI, uvicorn and onnxruntime.

    SENN_MODEL=models/mnist-disenn uvicorn fastapi_server:app --workers 2 --loop uvloop --http httptools

It answers `POST /predict` of a raw image body as `senn serve` does: label, probabilities and logits, and of the
explanation what `explain` lists (concepts, relevances, contributions, traversals), traversals as PNGs in data URIs.
"""

import base64
import io
import json
import os
from pathlib import Path

import numpy as np
import onnxruntime
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from PIL import Image, UnidentifiedImageError

try:
    import orjson
except ImportError:
    orjson = None

PARTS = ("concepts", "relevances", "contributions", "traversals")
MAX_STEPS = 25
# Whether endpoints work in the thread pool or in the event loop: `bench:serve` measures both.
THREAD_POOL = os.environ.get("SENN_THREAD_POOL") == "1"

folder = Path(os.environ["SENN_MODEL"])
manifest = json.loads((folder / "manifest.json").read_text())
classes = manifest["classes"]
height, width = manifest["input"]["height"], manifest["input"]["width"]
quantiles = [concept["quantiles"] for concept in manifest["concepts"]]
# [K]: half the span between the 5 % and the 95 % quantile of each concept over the training set
radii = np.array([(q["q95"] - q["q05"]) / 2 for q in quantiles])


def open_session(graph: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    path = folder / manifest["graphs"][graph]["file"]
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


# the whole forward pass in one graph, as our own server runs it
forward, decoder = map(open_session, ("model", "decoder"))

app = FastAPI()


def decode(body: bytes) -> np.ndarray:
    """An image file as `[1, 1, H, W]` in [0, 1]."""
    try:
        image = Image.open(io.BytesIO(body)).convert("L")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise HTTPException(400, "the body is no image that can be decoded") from error
    if image.size != (width, height):
        image = image.resize((width, height))
    return (np.asarray(image, np.float32) / np.float32(255))[None, None]


def data_uri(pixels: np.ndarray) -> str:
    """A PNG of `[H, W]` bytes."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def dumps(answer: dict) -> bytes:
    if orjson:
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
    return json.dumps(answer, separators=(",", ":"), default=np.ndarray.tolist).encode()


def traverse(concepts: np.ndarray, steps: int) -> list[dict]:
    """Every concept moved around the input's own `[K]` activations, and what the decoder makes of it."""
    count = len(concepts)
    offsets = np.linspace(-radii, radii, steps, axis=1) if steps > 1 else np.zeros((count, 1))
    values = np.ascontiguousarray(concepts[:, None] + offsets)  # orjson takes no others
    moved = np.tile(concepts, (count, steps, 1))
    moved[np.arange(count), :, np.arange(count)] = values
    (decoded,) = decoder.run(["reconstruction"], {"concepts": moved.reshape(-1, count)})
    pixels = np.rint(np.clip(decoded, 0, 1) * 255).astype(np.uint8).reshape(count, steps, height, width)
    return [
        {"concept": k, "values": values[k], "images": [data_uri(image) for image in pixels[k]]}
        for k in range(count)
    ]


def predict(body: bytes, parts: set[str], steps: int) -> bytes:
    image = decode(body)
    concepts, relevances = forward.run(["concepts", "relevances"], {"input": image})
    h, theta = concepts[0], relevances[0]
    contributions = theta * h[:, None]
    logits = contributions.sum(axis=0)
    exponentials = np.exp(logits - logits.max())
    probabilities = exponentials / exponentials.sum()
    index = int(logits.argmax())
    prediction = {
        "label": classes[index],
        "index": index,
        "probability": float(probabilities[index]),
        "probabilities": probabilities,
        "logits": logits,
    }
    if "concepts" in parts:
        prediction["concepts"] = h
    if "relevances" in parts:
        prediction["relevances"] = theta
    if "contributions" in parts:
        prediction["contributions"] = contributions
    if "traversals" in parts:
        prediction["traversals"] = traverse(h, steps)
    answer = {
        "model": manifest["name"],
        "version": manifest["version"],
        "executionProvider": "cpu",
        "predictions": [prediction],
    }
    return dumps(answer)


def parts_of(explain: str) -> set[str]:
    parts = set() if explain == "none" else set(explain.split(","))
    if not parts <= set(PARTS):
        raise HTTPException(400, f"explain must be none or some of {', '.join(PARTS)}")
    return parts


@app.post("/predict")
async def predict_route(request: Request, explain: str = ",".join(PARTS), steps: int = 7) -> Response:
    parts = parts_of(explain)
    if not 1 <= steps <= MAX_STEPS:
        raise HTTPException(400, f"steps must be from 1 to {MAX_STEPS}")
    body = await request.body()
    answer = await run_in_threadpool(predict, body, parts, steps) if THREAD_POOL else predict(body, parts, steps)
    return Response(answer, media_type="application/json")


@app.get("/health")
async def health() -> dict:
    """The worker that answered, so that a caller can wait for all of them."""
    return {"status": "ok", "pid": os.getpid(), "onnxruntime": onnxruntime.__version__}
