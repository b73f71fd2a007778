// One GPU loss between two steps, short enough to run always; gpu-trouble.spec.ts goes on to a second one.

import { expect, test } from '@playwright/test'
import { endGpuProcess, makePicture, openOnWebGpu, peakSignalToNoise } from './gpu-loss.ts'

test('a picture whose GPU goes away between its steps goes on from there, on the GPU, and is the same', async ({
  page,
  context,
  browser,
}) => {
  test.setTimeout(900_000)
  await openOnWebGpu(page, context, 2)
  const undisturbed = await makePicture(page)
  const disturbed = await makePicture(page, () => endGpuProcess(browser))
  await expect(page.getByText(/graphics processor stopped answering.*went on from the step/i)).toBeVisible()
  await expect(page.getByText(/Runs on WebGPU/)).toBeVisible()
  expect(peakSignalToNoise(disturbed, undisturbed)).toBeGreaterThanOrEqual(60)
})
