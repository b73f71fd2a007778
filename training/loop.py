"""What the three trainers share: their options, training by the clock, the learning rate, averaged weights,
precision."""

import argparse
import contextlib
import json
import math
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist

from cpu_layers import multiplies_bfloat16

HERE = Path(__file__).parent


def parser(description, *, minutes, batch, lr):
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--device", default="cpu")
    p.add_argument("--minutes", type=float, default=minutes, help="stop by the wall clock, then save")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--batch", type=int, default=batch)
    p.add_argument("--lr", type=float, default=lr, help="peak learning rate")
    p.add_argument("--init", help="start from the weights in this file or folder")
    p.add_argument("--seed", type=int, default=0)
    return p


def set_up(args):
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.benchmark = True


def autocast(device):
    """bfloat16 on a GPU, and on a CPU that multiplies it; else plain float32."""
    if multiplies_bfloat16(device):
        return torch.autocast(device.split(":")[0], torch.bfloat16)
    return contextlib.nullcontext()


def join_team():
    """Under `torchrun --nproc_per_node N` N processes learn together, each from samples of its own; alone otherwise.
    Returns the process' number. One process for each core, with --threads 1, keeps going where threads of one
    process would wait for each other: on a machine that does other work besides."""
    if "RANK" not in os.environ:
        return 0
    dist.init_process_group("gloo")
    return dist.get_rank()


def average_gradients(net):
    """Over the team."""
    if not dist.is_initialized():
        return
    gradients = [p.grad for p in net.parameters() if p.grad is not None]
    flat = torch._utils._flatten_dense_tensors(gradients)
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    torch._foreach_copy_(gradients, torch._utils._unflatten_dense_tensors(flat, gradients))


class Clock:
    """Counts steps and samples, and drives the learning rate: linear warm-up by steps, then cosine down by
    time; a group's "rate" multiplies it."""

    def __init__(self, optimizer, args, warmup=20, every=20.0):
        self.optimizer, self.peak, self.seconds, self.warmup = optimizer, args.lr, args.minutes * 60, warmup
        self.every, self.start = every, time.time()
        self.is_first = not dist.is_initialized() or dist.get_rank() == 0
        self.steps, self.samples, self.printed, self.sums = 0, 0, self.start, {}

    def minutes(self):
        return (time.time() - self.start) / 60

    def running(self):
        """Sets the learning rate of the coming step; False when the time is up."""
        done = self.shared((time.time() - self.start) / self.seconds)
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(done, 1.0))
        rate = self.peak * min(1.0, (self.steps + 1) / self.warmup) * (0.02 + 0.98 * cosine)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group.get("rate", 1.0)
        return done < 1

    @staticmethod
    def shared(value):
        """The first process' value, so that a team keeps one time."""
        if not dist.is_initialized():
            return value
        holder = torch.tensor(value, dtype=torch.float64)
        dist.broadcast(holder, 0)
        return float(holder)

    def tick(self, samples, **losses):
        """After a step: every few seconds prints the mean losses since the last line, and the speed."""
        self.steps += 1
        self.samples += samples
        for name, value in losses.items():
            total, count = self.sums.get(name, (0.0, 0))
            self.sums[name] = (total + value.detach(), count + 1)
        now = time.time()
        if self.is_first and now - self.printed > self.every:
            means = "  ".join(
                f"{name} {float(total) / count:.4f}" for name, (total, count) in self.sums.items()
            )
            team = dist.get_world_size() if dist.is_initialized() else 1
            speed = team * self.samples / (now - self.start)
            print(f"{self.minutes():6.1f} min  step {self.steps}  {means}  {speed:.1f} samples/s", flush=True)
            self.printed, self.sums = now, {}


class Ema:
    """Averaged copies of a model's trainable parameters; the decay rises from 0 as in the authors' LitEma."""

    def __init__(self, model, decay):
        self.decay, self.updates = decay, 0
        self.parameters = {k: p for k, p in model.named_parameters() if p.requires_grad}
        self.shadow = {k: p.detach().clone() for k, p in self.parameters.items()}

    @torch.no_grad()
    def update(self):
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.shadow.values()), list(self.parameters.values()), 1 - decay)

    @contextlib.contextmanager
    def applied(self):
        """Within, the model has the averaged weights."""
        self.swap()
        try:
            yield
        finally:
            self.swap()

    @torch.no_grad()
    def swap(self):
        for k, p in self.parameters.items():
            kept = p.detach().clone()
            p.copy_(self.shadow[k])
            self.shadow[k] = kept


def read_json(path):
    return json.loads(Path(path).read_text())


def load_state(path, prefix=""):
    """The tensors under a prefix of a checkpoint ({"state_dict": ...} or a bare dictionary), prefix
    removed, float32."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    state = state.get("state_dict", state)
    return {k.removeprefix(prefix): v.float() for k, v in state.items() if k.startswith(prefix)}
