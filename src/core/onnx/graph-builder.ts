// Collects nodes and weights into an ONNX model, with names that mirror the checkpoint's.

import { FormatError } from '../formats/format-error.ts'
import { sizeOf } from '../tensor/tensor.ts'
import {
  type Attribute,
  dataTypeCode,
  type ElementType,
  encodeModel,
  type OnnxInitializer,
  type OnnxNode,
  type OnnxValue,
} from './onnx-proto.ts'
import type { WeightCatalog } from './weight-catalog.ts'

/** A value in the graph, by its name. */
export type Value = string

export type GraphDtype = 'fp32' | 'fp16'

/**
 * 'portable' is right on every provider. 'webgpu' uses WebGPU's kernels com.microsoft.GroupNorm, which the CPU provider lacks,
 * and MultiHeadAttention, which needs subgroups of at least 8 (see `attend`).
 */
export type GraphVariant = 'portable' | 'webgpu'

export interface GraphOptions {
  readonly dtype: GraphDtype
  readonly variant: GraphVariant
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Empty (the default) for ONNX's own operators. */
  readonly domain?: string
}

/** A part of a stored tensor: rows `start` to `end` of its first dimension. */
export interface Rows {
  readonly start: number
  readonly end: number
}

const BYTES_PER_ELEMENT = { float32: 4, float16: 2 } as const

export class GraphBuilder {
  /** Type of weights and activations. */
  readonly type: 'float32' | 'float16'
  readonly variant: GraphVariant
  /** Every weight asked for so far: the checkpoint's key and dimensions. */
  readonly weights = new Map<string, readonly number[]>()
  readonly #catalog: WeightCatalog | null
  readonly #nodes: OnnxNode[] = []
  readonly #initializers = new Map<string, OnnxInitializer>()
  readonly #inputs: OnnxValue[] = []
  readonly #outputs: OnnxValue[] = []
  readonly #names = new Map<string, number>()
  readonly #shared = new Map<string, Value>()

  /** @param catalog null to collect only what `weights` says. */
  constructor(catalog: WeightCatalog | null, options: GraphOptions) {
    this.#catalog = catalog
    this.type = options.dtype === 'fp16' ? 'float16' : 'float32'
    this.variant = options.variant
  }

  /** Declares a graph input; dimensions given by name are free. */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): Value {
    this.#inputs.push({ name, type, dims })
    return name
  }

  /** Declares `value`, cast to float32, as the graph's output `name`. */
  output(name: string, value: Value, dims: readonly (number | string)[]): void {
    this.#add(name, this.type === 'float32' ? 'Identity' : 'Cast', [value], [name], {
      attributes: this.type === 'float32' ? {} : { to: { i: dataTypeCode('float32') } },
    })
    this.#outputs.push({ name, type: 'float32', dims })
  }

  /** Adds an operator with one output and returns it. `path` is where in the checkpoint it belongs; it names the node. */
  node(path: string, opType: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const name = this.#unique(`${path}/${opType}`)
    this.#add(name, opType, inputs, [name], options)
    return name
  }

  /** The value that `make` builds the first time `key` is asked for: what several blocks share. */
  shared(key: string, make: () => Value): Value {
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    const value = make()
    this.#shared.set(key, value)
    return value
  }

  cast(path: string, value: Value, from: ElementType, to: ElementType): Value {
    return from === to ? value : this.node(path, 'Cast', [value], { attributes: { to: { i: dataTypeCode(to) } } })
  }

  /** A small constant that lies in the graph itself; equal ones are stored once. */
  constant(type: 'float32' | 'int64', values: readonly number[], dims: readonly number[] = [values.length]): Value {
    const name = `constant/${type}[${dims.join(',')}]=${values.join(',')}`
    if (!this.#initializers.has(name)) {
      const raw = type === 'int64' ? BigInt64Array.from(values, (value) => BigInt(value)) : Float32Array.from(values)
      this.#initializers.set(name, { name, type, dims, bytes: { raw: new Uint8Array(raw.buffer) } })
    }
    return name
  }

  /** An initializer that lies in the graph itself. */
  embed(name: string, type: ElementType, dims: readonly number[], raw: Uint8Array): Value {
    if (!this.#initializers.has(name)) this.#initializers.set(name, { name, type, dims, bytes: { raw } })
    return name
  }

  /**
   * A tensor of the checkpoint, left in its weight file.
   * @param dims as the architecture has it; FormatError where the catalogue's differ
   * @param view other dimensions for the same values, or for those of `rows` where only a part is taken
   */
  weight(key: string, dims: readonly number[], view: readonly number[] = dims, rows?: Rows): Value {
    this.weights.set(key, dims)
    const name = `${key}${rows ? `[${rows.start}:${rows.end}]` : ''}${view === dims ? '' : `(${view.join(',')})`}`
    if (this.#catalog === null || this.#initializers.has(name)) return name
    const entry = this.#catalog.get(key)
    if (entry.dims.join() !== dims.join()) {
      throw new FormatError('checkpoint', `${key} is [${entry.dims.join(', ')}], not [${dims.join(', ')}]`)
    }
    const expected = sizeOf(dims) * BYTES_PER_ELEMENT[this.type]
    if (entry.byteLength !== expected) {
      throw new FormatError('checkpoint', `${key} lies in ${entry.byteLength} bytes, not ${expected} of ${this.type}`)
    }
    const rowBytes = expected / (dims[0] ?? 1)
    const offset = entry.offset + rowBytes * (rows?.start ?? 0)
    const byteLength = rows ? rowBytes * (rows.end - rows.start) : expected
    this.#initializers.set(name, {
      name,
      type: this.type,
      dims: view,
      bytes: { location: entry.location, offset, byteLength },
    })
    return name
  }

  /** The finished model's bytes. */
  build(name: string): Uint8Array {
    return encodeModel({
      name,
      nodes: this.#nodes,
      initializers: [...this.#initializers.values()],
      inputs: this.#inputs,
      outputs: this.#outputs,
    })
  }

  #add(name: string, opType: string, inputs: readonly Value[], outputs: readonly Value[], options: NodeOptions): void {
    const { attributes = {}, domain = '' } = options
    this.#nodes.push({ name, opType, domain, inputs, outputs, attributes })
  }

  #unique(name: string): string {
    const uses = (this.#names.get(name) ?? 0) + 1
    this.#names.set(name, uses)
    return uses === 1 ? name : `${name}.${uses}`
  }
}

/** Every weight that the graph added by `add` asks for, without any checkpoint. */
export function shapesOf(add: (g: GraphBuilder) => void): ReadonlyMap<string, readonly number[]> {
  const g = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  add(g)
  return g.weights
}
