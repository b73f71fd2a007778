// A GPU that goes away in a picture, twice, and one whose memory ends: each for real, in pictures of two steps.

import {
  describeRecovery,
  endMemory,
  limitFirstMemory,
  makePicture,
  makePictureOverLoss,
  openOnWebGpu,
  peakSignalToNoise,
  prepareToEndMemory,
  refuseAdapters,
} from './gpu-loss.ts'
import { expect, test } from './test.ts'

test('a picture whose GPU goes away goes on from its step and is the same: on the GPU, and the second time without', async ({
  page,
  context,
  browser,
}) => {
  test.setTimeout(2_700_000)
  await openOnWebGpu(page, context, 2)
  const undisturbed = await makePicture(page)
  const once = await makePictureOverLoss(page, browser)
  console.log(describeRecovery('lost', once.recovery, undisturbed))
  await expect(page.getByText(/graphics processor stopped answering.*went on from the step/i)).toBeVisible()
  await expect(page.getByText(/Runs on WebGPU/)).toBeVisible()
  expect(peakSignalToNoise(once, undisturbed)).toBeGreaterThanOrEqual(60)

  await refuseAdapters(context)
  const again = await makePictureOverLoss(page, browser)
  console.log(describeRecovery('lost again', again.recovery, undisturbed))
  await expect(page.getByText(/graphics processor stopped answering.*on the processor, which is slower/i)).toBeVisible()
  await expect(page.getByText(/Runs on the processor/)).toBeVisible()
  expect(peakSignalToNoise(again, undisturbed)).toBeGreaterThanOrEqual(40)
})

test('a picture whose GPU runs out of memory goes on from its step without a GPU, and says so', async ({
  page,
  context,
}) => {
  test.setTimeout(1_800_000)
  await prepareToEndMemory(context)
  await openOnWebGpu(page, context, 2)
  await makePicture(page, () => endMemory(page))
  await expect(page.getByText(/ran out of memory.*went on from the step.*on the processor/i)).toBeVisible()
  await expect(page.getByText(/Runs on the processor/)).toBeVisible()
})

test('a picture whose decoding alone takes too much memory is put together from tiles on the GPU, and says so', async ({
  page,
  context,
}) => {
  test.setTimeout(1_800_000)
  // Of a picture of 256 x 128 the decoder's largest tensors take 4 MiB, those of the steps less than one.
  await limitFirstMemory(context, 2 * 2 ** 20)
  await openOnWebGpu(page, context, 1, '256 × 128')
  await makePicture(page)
  await expect(page.getByText(/ran out of memory.*went on from the step that it had reached\.$/i)).toBeVisible()
  await expect(page.getByText(/put together from 2 overlapping tiles/)).toBeVisible()
  await expect(page.getByText(/Runs on WebGPU/)).toBeVisible()
})
