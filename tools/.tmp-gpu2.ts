import { chromium } from '@playwright/test'
import { browserArguments, findBrowser } from './browser.ts'
import { serveFolder } from './static-server.ts'
import { GraphBuilder } from '../src/core/onnx/graph-builder.ts'
import { runGraph, relativeError } from '../tests/core/onnx/run-graph.ts'
import { makeGoldenInput } from '../tests/core/golden.ts'
type B = (g: GraphBuilder, i: Record<string, string>) => string
const jobs: { name: string; inputs: Record<string, number[]>; dims: any[]; build: B }[] = []
const add = (name: string, inputs: Record<string, number[]>, build: B) => jobs.push({ name, inputs, dims: [], build })
add('gemm', { x: [48, 64], w: [64, 64], b: [64] }, (g, i) => g.node('n', 'Gemm', [i.x!, i.w!, i.b!], { attributes: { transB: { i: 1 } } }))
add('gemm nobias k24', { x: [10, 24], w: [64, 24] }, (g, i) => g.node('n', 'Gemm', [i.x!, i.w!], { attributes: { transB: { i: 1 } } }))
add('gemm nobias m2', { x: [2, 32], w: [64, 32] }, (g, i) => g.node('n', 'Gemm', [i.x!, i.w!], { attributes: { transB: { i: 1 } } }))
for (const [n, m, h, c] of [[24, 24, 2, 64], [24, 5, 2, 64], [128, 20, 1, 32], [128, 128, 1, 32], [24, 24, 1, 64], [2, 20, 2, 64],[24,1,2,64],[384,384,1,64]]) add(`mha ${n} ${m} ${h} ${c}`, { q: [2, n!, c!], k: [2, m!, c!], v: [2, m!, c!] }, (g, i) => g.node('n', 'MultiHeadAttention', [i.q!, i.k!, i.v!], { domain: 'com.microsoft', attributes: { num_heads: { i: h! } } }))
add('ln', { x: [48, 64], w: [64], b: [64] }, (g, i) => g.node('n', 'LayerNormalization', [i.x!, i.w!, i.b!], { attributes: { axis: { i: -1 }, epsilon: { f: 1e-5 } } }))
add('gelu', { x: [48, 64] }, (g, i) => g.node('n', 'Gelu', [i.x!]))
add('resize', { x: [2, 32, 4, 6] }, (g, i) => g.node('n', 'Resize', [i.x!, '', g.constant('float32', [1, 1, 2, 2])], { attributes: { mode: { s: 'nearest' }, nearest_mode: { s: 'floor' }, coordinate_transformation_mode: { s: 'asymmetric' } } }))
for (const [cin, cout, k, s, w] of [[32, 32, 3, 1, 6], [16, 32, 3, 1, 16], [32, 64, 3, 1, 16], [64, 32, 1, 1, 6], [32, 32, 3, 2, 6], [32, 16, 3, 1, 16], [64,64,3,1,2],[96,64,3,1,8]]) add(`conv ${cin} ${cout} k${k} s${s} w${w}`, { x: [2, cin!, w! > 3 ? 8 : 1, w!], w: [cout!, cin!, k!, k!], b: [cout!] }, (g, i) => g.node('n', 'Conv', [i.x!, i.w!, i.b!], { attributes: { kernel_shape: { ints: [k!, k!] }, pads: { ints: k === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0] }, strides: { ints: [s!, s!] } } }))
add('inorm', { x: [2, 32, 2, 6], s: [32], b: [32] }, (g, i) => g.node('n', 'InstanceNormalization', [i.x!, i.s!, i.b!], { attributes: { epsilon: { f: 1e-5 } } }))
add('inorm w1', { x: [2, 32, 2, 1], s: [32], b: [32] }, (g, i) => g.node('n', 'InstanceNormalization', [i.x!, i.s!, i.b!], { attributes: { epsilon: { f: 1e-5 } } }))
add('silu', { x: [2, 32, 2, 6] }, (g, i) => g.node('n', 'Mul', [i.x!, g.node('n', 'Sigmoid', [i.x!])]))
add('cos', { x: [2, 32] }, (g, i) => g.node('n', 'Cos', [g.node('n', 'Mul', [i.x!, g.constant('float32', [981], [])])]))
add('addbc', { x: [2, 32, 4, 4], y: [2, 32, 1, 1] }, (g, i) => g.node('n', 'Add', [i.x!, i.y!]))
add('concat', { x: [2, 32, 4, 4], y: [2, 64, 4, 4] }, (g, i) => g.node('n', 'Concat', [i.x!, i.y!], { attributes: { axis: { i: 1 } } }))
add('tok', { x: [2, 32, 4, 6] }, (g, i) => g.node('n', 'Reshape', [g.node('n', 'Transpose', [i.x!], { attributes: { perm: { ints: [0, 2, 3, 1] } } }), g.constant('int64', [-1, 32])]))
const only = process.argv[2]
const server: any = await serveFolder('/tmp/x/site', 0)
const browser = await chromium.launch({ executablePath: findBrowser()!, args: browserArguments({ webgpu: true }) })
const page = await browser.newPage()
await page.addInitScript('globalThis.__name = (f) => f')
await page.goto(`http://localhost:${server.address().port}/`)
console.log(await page.evaluate(async () => { const a: any = await (navigator as any).gpu.requestAdapter(); return JSON.stringify({ v: a.info.vendor, d: a.info.description, min: a.info.subgroupMinSize, max: a.info.subgroupMaxSize, f: [...a.features].join(' ') }) }))
for (const j of jobs) {
  if (only && !j.name.includes(only)) continue
  const g = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  const vals = Object.fromEntries(Object.entries(j.inputs).map(([k, d]) => [k, g.input(k, 'float32', d.map((_, i) => `${k}${i}`))]))
  const o = j.build(g, vals); g.output('out', o, [])
  // rank-free output: redeclare without a shape is not possible, so give symbolic dims per CPU result
  const feeds = Object.fromEntries(Object.entries(j.inputs).map(([k, d]) => [k, makeGoldenInput('i.' + k, d)]))
  const rank = ({ gemm: 2, mha: 3, ln: 2, gelu: 2, cos: 2, tok: 2 } as any)[j.name.split(' ')[0]!] ?? 4
  const g2 = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  const vals2 = Object.fromEntries(Object.entries(j.inputs).map(([k, d]) => [k, g2.input(k, 'float32', d.map((_, i) => `${k}${i}`))]))
  g2.output('out', j.build(g2, vals2), new Array(rank).fill(0).map((_, i) => 'o' + i))
  const graph = g2.build('t')
  const expected = await runGraph(graph, feeds)
  try {
    const out: any = await page.evaluate(async ([graph, feeds]: any) => {
      const ort: any = await import('/' + 'ort.webgpu.min.mjs'); ort.env.wasm.numThreads = 1; ort.env.logLevel = 'error'
      const s = await ort.InferenceSession.create(Uint8Array.from(graph), { executionProviders: ['webgpu'], logSeverityLevel: 3 })
      const T = () => Object.fromEntries(Object.entries(feeds).map(([k, v]: any) => [k, new ort.Tensor('float32', Float32Array.from(v.data), v.dims)]))
      const t1 = performance.now(); const r = await s.run(T()); const t2 = performance.now(); await s.run(T()); const t3 = performance.now()
      const o: any = Object.values(r)[0]; await s.release()
      return { data: [...o.data], dims: [...o.dims], ms: [t2 - t1, t3 - t2].map(Math.round) }
    }, [[...graph], Object.fromEntries(Object.entries(feeds).map(([k, v]) => [k, { data: [...v.data], dims: v.dims }]))] as any)
    console.log(j.name, relativeError({ data: Float32Array.from(out.data), dims: out.dims }, expected).toExponential(2), out.ms.join('/'))
  } catch (e: any) { console.log(j.name, 'FAILED', e.message.slice(0, 300)) }
}
await browser.close(); server.close(); process.exit(0)
