// Two GPU losses in two pictures, of which the second leaves the page without a GPU.

import { expect, test } from '@playwright/test'
import { endGpuProcess, makePicture, openOnWebGpu, peakSignalToNoise } from './gpu-loss.ts'

test.skip(process.env.KINDRED_LONG_TESTS === undefined, 'minutes on a software GPU; KINDRED_LONG_TESTS=1 runs it')

test('the picture goes on from the step it had reached, is the same, and a second loss is survived too', async ({
  page,
  context,
  browser,
}) => {
  // The one limit of every wait below: how long a software GPU takes depends on what else the machine does.
  test.setTimeout(2_700_000)
  await openOnWebGpu(page, context, 4)
  const undisturbed = await makePicture(page)

  const disturbed = await makePicture(page, () => endGpuProcess(browser))
  await expect(page.getByText(/graphics processor stopped answering.*went on from the step/i)).toBeVisible()
  expect(peakSignalToNoise(disturbed, undisturbed)).toBeGreaterThanOrEqual(60)

  // After a second crash Chromium gives the page no adapter any more.
  const again = await makePicture(page, () => endGpuProcess(browser))
  await expect(page.getByText(/went on from the step that it had reached/i)).toBeVisible()
  await expect(page.getByText(/Runs on/)).toBeVisible()
  expect(peakSignalToNoise(again, undisturbed)).toBeGreaterThanOrEqual(40)
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(3)
})
