"""A small CLIP in the layout of Hugging Face's `CLIPModel` (state_dict keys, config.json), and its BPE
tokenizer.

The folder that `save_clip` writes is what transformers and transformers.js load: config.json,
preprocessor_config.json, tokenizer.json, tokenizer_config.json, model.safetensors.
"""

import json
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

START, END = "<|startoftext|>", "<|endoftext|>"
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.k_proj, self.v_proj, self.q_proj, self.out_proj = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, x, causal):
        q, k, v = (
            p(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        out = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.out_proj(out.transpose(1, 2).flatten(2))


class MLP(nn.Module):
    def __init__(self, dim, inner):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, inner), nn.Linear(inner, dim)

    def forward(self, x):
        h = self.fc1(x)
        return self.fc2(h * torch.sigmoid(1.702 * h))  # "quick_gelu"


class EncoderLayer(nn.Module):
    def __init__(self, dim, inner, heads):
        super().__init__()
        self.self_attn = Attention(dim, heads)
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.mlp = MLP(dim, inner)

    def forward(self, x, causal):
        x = x + self.self_attn(self.layer_norm1(x), causal)
        return x + self.mlp(self.layer_norm2(x))


class Encoder(nn.Module):
    def __init__(self, config, causal):
        super().__init__()
        self.causal = causal
        self.layers = nn.ModuleList(
            EncoderLayer(config["hidden_size"], config["intermediate_size"], config["num_attention_heads"])
            for _ in range(config["num_hidden_layers"])
        )

    def forward(self, x):
        for layer in self.layers:
            x = layer(x, self.causal)
        return x


class TextModel(nn.Module):
    """ids [B, L] -> [B, width], read at the first end-of-text token: what follows it has no effect."""

    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.eos = config["eos_token_id"]
        self.embeddings = nn.Module()
        self.embeddings.token_embedding = nn.Embedding(config["vocab_size"], width)
        self.embeddings.position_embedding = nn.Embedding(config["max_position_embeddings"], width)
        self.encoder = Encoder(config, causal=True)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, ids):
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.embeddings.token_embedding(ids) + self.embeddings.position_embedding(positions)
        x = self.final_layer_norm(self.encoder(x))
        end = (ids == self.eos).int().argmax(dim=1)
        return x[torch.arange(len(ids), device=ids.device), end]


class VisionModel(nn.Module):
    """Normalised pictures [B, 3, S, S] -> [B, width], read at the class token."""

    def __init__(self, config):
        super().__init__()
        width, patch = config["hidden_size"], config["patch_size"]
        tokens = (config["image_size"] // patch) ** 2 + 1
        self.embeddings = nn.Module()
        self.embeddings.class_embedding = nn.Parameter(torch.zeros(width))
        self.embeddings.patch_embedding = nn.Conv2d(3, width, patch, stride=patch, bias=False)
        self.embeddings.position_embedding = nn.Embedding(tokens, width)
        self.pre_layrnorm = nn.LayerNorm(width)  # sic: Hugging Face's key
        self.encoder = Encoder(config, causal=False)
        self.post_layernorm = nn.LayerNorm(width)

    def forward(self, pixels):
        patches = self.embeddings.patch_embedding(pixels).flatten(2).transpose(1, 2)
        first = self.embeddings.class_embedding.expand(len(pixels), 1, -1)
        x = torch.cat([first, patches], dim=1) + self.embeddings.position_embedding.weight
        x = self.encoder(self.pre_layrnorm(x))
        return self.post_layernorm(x[:, 0])


class CLIPModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        text, vision, dim = config["text_config"], config["vision_config"], config["projection_dim"]
        self.config = config
        self.text_model, self.vision_model = TextModel(text), VisionModel(vision)
        self.text_projection = nn.Linear(text["hidden_size"], dim, bias=False)
        self.visual_projection = nn.Linear(vision["hidden_size"], dim, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.6592))  # ln(1 / 0.07)

    def encode_text(self, ids):
        """Not normalised, [B, projection_dim]."""
        return self.text_projection(self.text_model(ids))

    def encode_image(self, pixels):
        """Not normalised, [B, projection_dim]."""
        return self.visual_projection(self.vision_model(pixels))

    @torch.no_grad()
    def init_weights(self):
        """CLIP's own initialisation: small normals, residual projections shrunk with depth."""
        for tower in (self.text_model, self.vision_model):
            layers = tower.encoder.layers
            for layer in layers:
                dim = layer.layer_norm1.weight.shape[0]
                for linear in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj):
                    nn.init.normal_(linear.weight, std=dim**-0.5)
                for linear in (layer.self_attn.out_proj, layer.mlp.fc2):
                    nn.init.normal_(linear.weight, std=dim**-0.5 * (2 * len(layers)) ** -0.5)
                nn.init.normal_(layer.mlp.fc1.weight, std=(2 * dim) ** -0.5)
                for module in layer.modules():
                    if isinstance(module, nn.Linear):
                        nn.init.zeros_(module.bias)
        nn.init.normal_(self.text_model.embeddings.token_embedding.weight, std=0.02)
        nn.init.normal_(self.text_model.embeddings.position_embedding.weight, std=0.01)
        nn.init.normal_(self.vision_model.embeddings.position_embedding.weight, std=0.02)
        nn.init.normal_(self.vision_model.embeddings.class_embedding, std=0.02)
        for projection in (self.text_projection, self.visual_projection):
            nn.init.normal_(projection.weight, std=projection.in_features**-0.5)
        return self


def train_tokenizer(captions, vocab_size):
    """CLIP's byte-level BPE, learned from captions: 256 bytes, the same ending a word, merges, then the two
    specials."""
    suffix = "</w>"
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    base = alphabet + [c + suffix for c in alphabet]
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix=suffix))
    configure_text_steps(tokenizer)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - 2,
        min_frequency=2,
        initial_alphabet=alphabet,
        end_of_word_suffix=suffix,
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    merges = [tuple(m) for m in json.loads(tokenizer.to_str())["model"]["merges"]]
    merges = merges[: vocab_size - 2 - len(base)]
    # dict.fromkeys: two merges may spell the same token, which then has one id.
    tokens = list(dict.fromkeys(base + [a + b for a, b in merges])) + [START, END]
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocab, merges=merges, unk_token=END, continuing_subword_prefix="", end_of_word_suffix=suffix
        )
    )
    configure_text_steps(tokenizer)
    tokenizer.add_special_tokens([START, END])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, vocab[END]), (START, vocab[START]), trim_offsets=False, add_prefix_space=False
    )
    return tokenizer


def configure_text_steps(tokenizer):
    words = Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(words, behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )


def encode_captions(tokenizer, captions, length):
    """int64 [n, length], truncated and padded with the end-of-text token."""
    end = tokenizer.token_to_id(END)
    ids = torch.full((len(captions), length), end, dtype=torch.int64)
    for row, encoding in enumerate(tokenizer.encode_batch(list(captions))):
        kept = encoding.ids[:length]
        ids[row, : len(kept)] = torch.tensor(kept)
        if len(encoding.ids) > length:
            ids[row, -1] = end
    return ids


def clip_config(sizes, tokenizer):
    """Hugging Face's CLIPConfig from our sizes file and the trained tokenizer."""
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    shared = {
        "hidden_act": "quick_gelu",
        "layer_norm_eps": 1e-5,
        "attention_dropout": 0.0,
        "projection_dim": sizes["projection_dim"],
    }
    text = {
        **sizes["text_config"],
        **shared,
        "model_type": "clip_text_model",
        "vocab_size": tokenizer.get_vocab_size(),
        "bos_token_id": start,
        "eos_token_id": end,
        "pad_token_id": end,
    }
    vision = {**sizes["vision_config"], **shared, "model_type": "clip_vision_model", "num_channels": 3}
    return {
        "architectures": ["CLIPModel"],
        "model_type": "clip",
        "projection_dim": sizes["projection_dim"],
        "logit_scale_init_value": 2.6592,
        "text_config": text,
        "vision_config": vision,
    }


def save_clip(model, tokenizer, folder, dtype=torch.float32):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    size = model.config["vision_config"]["image_size"]
    length = model.config["text_config"]["max_position_embeddings"]
    name = {torch.float32: "float32", torch.float16: "float16"}[dtype]
    write_json(folder / "config.json", {**model.config, "torch_dtype": name})
    write_json(
        folder / "preprocessor_config.json",
        {
            "image_processor_type": "CLIPImageProcessor",
            "feature_extractor_type": "CLIPFeatureExtractor",
            "do_resize": True,
            "size": {"height": size, "width": size},
            "resample": 3,
            "do_center_crop": False,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": MEAN,
            "image_std": STD,
            "do_convert_rgb": True,
        },
    )
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "CLIPTokenizer",
            "model_max_length": length,
            "do_lower_case": True,
            "add_prefix_space": False,
            "bos_token": START,
            "eos_token": END,
            "unk_token": END,
            "pad_token": END,
            "errors": "replace",
        },
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    tensors = {k: v.detach().to("cpu", dtype).contiguous() for k, v in model.state_dict().items()}
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})


def load_clip(folder, device="cpu"):
    """(model in float32, tokenizer) from a folder that `save_clip` wrote."""
    folder = Path(folder)
    model = CLIPModel(json.loads((folder / "config.json").read_text()))
    model.load_state_dict({k: v.float() for k, v in load_file(str(folder / "model.safetensors")).items()})
    return model.to(device), Tokenizer.from_file(str(folder / "tokenizer.json"))


@torch.no_grad()
def with_words(model, old, tokenizer):
    """The model for another tokenizer. A token that the old one had keeps its embedding, another begins as the mean of those
    into which the old one splits it; all else is as it was."""
    text = model.config["text_config"]
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    ids = {"bos_token_id": start, "eos_token_id": end, "pad_token_id": end}
    grown = CLIPModel({**model.config, "text_config": {**text, "vocab_size": tokenizer.get_vocab_size(), **ids}})
    known = model.text_model.embeddings.token_embedding.weight
    rows = torch.empty(tokenizer.get_vocab_size(), known.shape[1])
    for token, row in tokenizer.get_vocab().items():
        same = old.token_to_id(token)
        pieces = [same] if same is not None else old.encode(token.removesuffix("</w>")).ids[1:-1]
        rows[row] = known[pieces].mean(0)
    key = "text_model.embeddings.token_embedding.weight"
    grown.load_state_dict({**model.state_dict(), key: rows})
    return grown.to(known.device)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
