/** What the tests of the page stand on: the samples of the wire, and English words. */

import { readFileSync } from 'node:fs'
import { inLanguage } from '../../tc_server/web/js/words.js'

const SAMPLES = new URL('../wire/samples/', import.meta.url)

/** Read a sample by its file name without `.json`. */
export function sample(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8'))
}

/** The page's words, in English unless told, with the texts given. */
export function words(language = 'en', texts = {}) {
  return inLanguage({ language, exit: '/', max_file: 10_000_000, icon: '', calls: { texts: '', style: '' }, said: { organisation: 'The house' }, texts })
}

/** A message frame made from the sample, changed where told. */
export function message(seq, change = {}) {
  return { ...sample('anyone.message'), seq, client_id: `client-id-${seq}`, ...change }
}
