// The layers that both networks are made of: group norm, convolutions, activations, linear layers, upsampling.

import type { GraphBuilder, Rows, Value } from './graph-builder.ts'

/** Groups of every GroupNorm in the family. */
const GROUPS = 32

export interface NormOptions {
  /** 1e-5 in the U-Net's residual blocks and output, 1e-6 in its transformers and all over the autoencoder. */
  readonly epsilon: number
  /** Whether SiLU follows. */
  readonly silu: boolean
}

/** GroupNorm with 32 groups over [B, channels, H, W] at `path`.weight and `path`.bias, statistics in float32. */
export function groupNorm(g: GraphBuilder, path: string, x: Value, channels: number, options: NormOptions): Value {
  return g.variant === 'webgpu' ? fusedNorm(g, path, x, channels, options) : plainNorm(g, path, x, channels, options)
}

/**
 * Groups are the channels of an InstanceNormalization; scale and bias of the real channels follow. On the CPU provider,
 * native and wasm, LayerNormalization in its place or BatchNormalization for scale and bias came within 5 % either way.
 */
function plainNorm(g: GraphBuilder, path: string, x: Value, channels: number, options: NormOptions): Value {
  const grouped = g.node(path, 'Reshape', [x, g.constant('int64', [0, GROUPS, -1, 0])])
  const ones = g.constant('float32', new Array<number>(GROUPS).fill(1))
  const zeros = g.constant('float32', new Array<number>(GROUPS).fill(0))
  const wide = g.cast(path, grouped, g.type, 'float32')
  const normalised = g.node(path, 'InstanceNormalization', [wide, ones, zeros], {
    attributes: { epsilon: { f: options.epsilon } },
  })
  const narrow = g.cast(path, normalised, 'float32', g.type)
  const whole = g.node(path, 'Reshape', [narrow, g.constant('int64', [0, channels, -1, 0])])
  const scaled = g.node(path, 'Mul', [whole, g.weight(`${path}.weight`, [channels], [channels, 1, 1])])
  const y = g.node(path, 'Add', [scaled, g.weight(`${path}.bias`, [channels], [channels, 1, 1])])
  return options.silu ? silu(g, path, y) : y
}

/**
 * One kernel for norm, scale, bias and SiLU, statistics in float32 for either type. It takes channels last only; the
 * transposes cancel against those that the WebGPU provider puts around its channels-last convolutions.
 */
function fusedNorm(g: GraphBuilder, path: string, x: Value, channels: number, options: NormOptions): Value {
  const last = g.node(path, 'Transpose', [x], { attributes: { perm: { ints: [0, 2, 3, 1] } } })
  const weights = [g.weight(`${path}.weight`, [channels]), g.weight(`${path}.bias`, [channels])]
  const y = g.node(path, 'GroupNorm', [last, ...weights], {
    domain: 'com.microsoft',
    attributes: {
      epsilon: { f: options.epsilon },
      groups: { i: GROUPS },
      activation: { i: options.silu ? 1 : 0 },
      channels_last: { i: 1 },
    },
  })
  return g.node(path, 'Transpose', [y], { attributes: { perm: { ints: [0, 3, 1, 2] } } })
}

/** x · sigmoid(x); ONNX Runtime fuses the pair into one kernel. */
export function silu(g: GraphBuilder, path: string, x: Value): Value {
  return g.node(path, 'Mul', [x, g.node(path, 'Sigmoid', [x])])
}

export interface ConvOptions {
  readonly kernel: 1 | 3
  readonly stride?: 1 | 2
  /** Zeros added [top, left, bottom, right]; half the kernel on every side unless given. */
  readonly pads?: readonly [number, number, number, number]
}

/** A convolution with bias over [B, cin, H, W], at `path`.weight and `path`.bias. */
export function conv(g: GraphBuilder, path: string, x: Value, cin: number, cout: number, options: ConvOptions): Value {
  const { kernel, stride = 1 } = options
  const half = (kernel - 1) / 2
  const inputs = [x, g.weight(`${path}.weight`, [cout, cin, kernel, kernel]), g.weight(`${path}.bias`, [cout])]
  return g.node(path, 'Conv', inputs, {
    attributes: {
      kernel_shape: { ints: [kernel, kernel] },
      pads: { ints: options.pads ?? [half, half, half, half] },
      strides: { ints: [stride, stride] },
    },
  })
}

export interface LinearOptions {
  /** False for the attention's q, k and v. */
  readonly bias?: boolean
  /** Dimensions of the stored weight where they are not [cout, cin]: a 1x1 convolution's have two more ones. */
  readonly stored?: readonly number[]
  /** Only these of the output channels. */
  readonly rows?: Rows
}

/**
 * A linear layer over [rows, cin]. Gemm takes the weight as the checkpoint stores it, [cout, cin], and packs it straight from
 * the weight file; MatMul would need a transposed copy.
 */
export function linear(
  g: GraphBuilder,
  path: string,
  x: Value,
  cin: number,
  cout: number,
  options: LinearOptions = {},
): Value {
  const { bias = true, stored = [cout, cin], rows } = options
  const count = rows ? rows.end - rows.start : cout
  const inputs = [x, g.weight(`${path}.weight`, stored, [count, cin], rows)]
  if (bias) inputs.push(g.weight(`${path}.bias`, [cout], [count], rows))
  return g.node(path, 'Gemm', inputs, { attributes: { transB: { i: 1 } } })
}

/** Nearest-neighbour doubling of [B, C, H, W], then a 3x3 convolution at `path`.conv. */
export function upsample(g: GraphBuilder, path: string, x: Value, channels: number): Value {
  const larger = g.node(path, 'Resize', [x, '', g.constant('float32', [1, 1, 2, 2])], {
    attributes: {
      mode: { s: 'nearest' },
      nearest_mode: { s: 'floor' },
      coordinate_transformation_mode: { s: 'asymmetric' },
    },
  })
  return conv(g, `${path}.conv`, larger, channels, channels, { kernel: 3 })
}
