// The authors' configuration of their published model, rdm768x768: 1,335,480,400 parameters in the U-Net.
// CompVis/latent-diffusion, configs/retrieval-augmented-diffusion/768x768.yaml.

import type { AutoencoderConfig, UnetConfig } from '../src/core/pack/manifest.ts'

export const RDM_UNET: UnetConfig = {
  in_channels: 16,
  out_channels: 16,
  model_channels: 448,
  attention_resolutions: [4, 2, 1],
  num_res_blocks: 2,
  channel_mult: [1, 2, 3, 4],
  num_head_channels: 32,
  transformer_depth: 1,
  context_dim: 768,
}

export const RDM_AUTOENCODER: AutoencoderConfig = {
  embed_dim: 16,
  z_channels: 16,
  resolution: 256,
  in_channels: 3,
  out_ch: 3,
  ch: 128,
  ch_mult: [1, 1, 2, 2, 4],
  num_res_blocks: 2,
  attn_resolutions: [16],
}
