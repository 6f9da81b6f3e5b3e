"""The MNIST SENN in PyTorch, trained as its paper says: the peer that bench:training measures beside ours.

Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks"
(arXiv 1806.07538), eq. 3 to 5 and 8. The sizes are those of the authors' MNIST experiment: 28,219 parameters.

    f(x) = sum_k theta_k(x) h_k(x)                                               [N, C] logits
    L    = cross entropy + lambda * ||J_yx - J_hx theta||_F + MSE + 2e-5 * ||h||_1

Every term is a mean over the batch. The Jacobians are taken the way the authors' code takes them, one backward pass a
class and one a concept, C + K = 15 with the graph kept for the second derivative. Eager mode is what there is for it:
torch.compile does not differentiate twice. All cores are used, as PyTorch does unless it is told otherwise.

The last line of standard output is one JSON object:
  --steps S             { "kind": "steps", "stepMilliseconds": [S], ... }, after --warm-up steps that are not timed
  --until-accuracy A    { "kind": "accuracy", "seconds", "accuracy", "stepsTaken", ... }; the seconds are those of the
                        steps, and the accuracy is below A where it was given up
"""

import argparse
import json
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CONCEPTS = 5
CLASSES = 10
MEAN, DEVIATION = 0.1307, 0.3081
SPARSITY = 2e-5
VALIDATION = 6_000
EVALUATION_BATCH = 1_000
SQUARE_ROOT_GUARD = 1e-12


class Conceptizer(nn.Module):
    """h, an autoencoder's encoder: [N, 1, 28, 28] -> [N, K]; each channel of the features becomes one concept."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(10, CONCEPTS, 5), nn.MaxPool2d(2), nn.ReLU()
        )
        self.concepts = nn.ModuleList(nn.Linear(16, 1) for _ in range(CONCEPTS))

    def forward(self, x: Tensor) -> Tensor:
        channels = self.features(x).flatten(2).unbind(1)
        return torch.cat([linear(channel) for linear, channel in zip(self.concepts, channels)], dim=1)


class Decoder(nn.Module):
    """[N, K] -> [N, 1, 28, 28]; one linear map is shared by the concepts."""

    def __init__(self) -> None:
        super().__init__()
        self.unfold = nn.Linear(1, 16)
        self.image = nn.Sequential(
            nn.ConvTranspose2d(CONCEPTS, 16, 5, stride=2),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 8, 5),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 2, stride=2, padding=1),
            nn.Tanh(),
        )

    def forward(self, concepts: Tensor) -> Tensor:
        return self.image(self.unfold(concepts.unsqueeze(2)).unflatten(2, (4, 4)))


class Parameterizer(nn.Module):
    """theta: [N, 1, 28, 28] -> [N, K, C], in (-1, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.relevances = nn.Sequential(
            nn.Conv2d(1, 10, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(10, 20, 5),
            nn.Dropout2d(0.5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(320, CONCEPTS * CLASSES),
            nn.Tanh(),
            nn.Unflatten(1, (CONCEPTS, CLASSES)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.relevances(x)


class Senn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conceptizer, self.decoder, self.parameterizer = Conceptizer(), Decoder(), Parameterizer()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns the logits [N, C], the concepts [N, K] and the relevances [N, K, C]."""
        concepts, relevances = self.conceptizer(x), self.parameterizer(x)
        return torch.einsum("nk,nkc->nc", concepts, relevances), concepts, relevances


def jacobian(outputs: Tensor, x: Tensor) -> Tensor:
    """d outputs / d x, one backward pass a column: [N, M] by [N, ...] -> [N, M, D]; itself differentiable."""
    rows = [torch.autograd.grad(column.sum(), x, create_graph=True)[0].flatten(1) for column in outputs.unbind(1)]
    return torch.stack(rows, dim=1)


def robustness_loss(logits: Tensor, concepts: Tensor, relevances: Tensor, x: Tensor) -> Tensor:
    """||J_yx - J_hx theta||_F a sample, mean over the batch."""
    linear_part = torch.einsum("nkd,nkc->ncd", jacobian(concepts, x), relevances)
    squared = (jacobian(logits, x) - linear_part).square().sum(dim=(1, 2))
    return (squared + SQUARE_ROOT_GUARD).sqrt().mean()


def train_step(senn: Senn, optimizer: torch.optim.Optimizer, x: Tensor, labels: Tensor, robustness: float) -> None:
    x.requires_grad_()
    logits, concepts, relevances = senn(x)
    concept_loss = F.mse_loss(senn.decoder(concepts), x.detach()) + SPARSITY * concepts.abs().sum(1).mean()
    loss = F.cross_entropy(logits, labels) + robustness * robustness_loss(logits, concepts, relevances, x) + concept_loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def accuracy(senn: Senn, images: Tensor, labels: Tensor) -> float:
    """Share classified right, over every image, with dropout off."""
    senn.eval()
    batches = zip(images.split(EVALUATION_BATCH), labels.split(EVALUATION_BATCH))
    right = sum(int((senn(x)[0].argmax(1) == y).sum()) for x, y in batches)
    senn.train()
    return right / len(labels)


def read_idx(path: Path) -> Tensor:
    """An IDX file of unsigned bytes: four bytes that say so, the dimensions as big-endian int32, then the values."""
    content = path.read_bytes()
    rank = content[3]
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank)]
    return torch.frombuffer(bytearray(content[4 + 4 * rank :]), dtype=torch.uint8).reshape(shape)


def read_training_set(folder: Path, device: torch.device) -> tuple[Tensor, Tensor]:
    """All 60,000 images, normalised, [60000, 1, 28, 28], and their labels."""
    images = read_idx(folder / "train-images-idx3-ubyte").to(device).unsqueeze(1)
    labels = read_idx(folder / "train-labels-idx1-ubyte").to(device, torch.int64)
    return (images / 255 - MEAN) / DEVIATION, labels


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times the training of the MNIST SENN in PyTorch.")
    parser.add_argument("--data", type=Path, required=True, help="folder with MNIST's original IDX files")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--steps", type=int, help="timed steps")
    mode.add_argument("--until-accuracy", type=float, help="train until this share of the validation images is right")
    parser.add_argument("--warm-up", type=int, default=3, help="steps before the timed ones")
    parser.add_argument("--max-steps", type=int, default=5_400, help="where to give the accuracy up")
    parser.add_argument("--evaluate-every", type=int, default=90, help="steps between two validations")
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--lr", type=float, default=2e-4, help="of Adam")
    parser.add_argument("--schedule", choices=["constant", "cosine"], default="constant", help="to 0 at --max-steps")
    parser.add_argument("--robustness", type=float, default=1e-4, help="lambda")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images, labels = read_training_set(options.data, device)
    count = len(images) - VALIDATION
    senn = Senn().to(device)
    optimizer = torch.optim.Adam(senn.parameters(), lr=options.lr)
    falling = options.schedule == "cosine"
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=options.max_steps) if falling else None

    def batches():
        while True:
            yield from torch.randperm(count, device=device).split(options.batch)

    order = batches()

    def timed_step() -> float:
        """Milliseconds of one step, with the copying of its batch."""
        start = time.perf_counter()
        rows = next(order)
        train_step(senn, optimizer, images[rows], labels[rows], options.robustness)
        if schedule:
            schedule.step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    report = {
        "parameters": sum(parameter.numel() for parameter in senn.parameters()),
        "runtime": f"PyTorch {torch.__version__}",
        "device": torch.cuda.get_device_name() if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads",
    }
    if options.steps is not None:
        for _ in range(options.warm_up):
            timed_step()
        report |= {"kind": "steps", "stepMilliseconds": [timed_step() for _ in range(options.steps)]}
    else:
        spent, steps, right = 0.0, 0, 0.0
        while right < options.until_accuracy and steps < options.max_steps:
            count_now = min(options.evaluate_every, options.max_steps - steps)
            spent += sum(timed_step() for _ in range(count_now))
            steps += count_now
            right = accuracy(senn, images[count:], labels[count:])
        report |= {"kind": "accuracy", "seconds": spent / 1000, "accuracy": right, "stepsTaken": steps}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
