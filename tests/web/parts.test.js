import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOutbox } from '../../tc_server/web/js/outbox.js'
import { scaled } from '../../tc_server/web/js/photo.js'
import { backOff } from '../../tc_server/web/js/stream.js'
import { words } from './frames.js'

test('tries to connect come slower and slower, spread out, at most half a minute apart', () => {
  assert.deepEqual([0, 1, 2, 10].map((attempt) => backOff(attempt, 1)), [1000, 2000, 4000, 16_000])
  assert.deepEqual([0, 10].map((attempt) => backOff(attempt, 0)), [500, 8000])
})

test('photos keep their shape and are never made bigger', () => {
  assert.deepEqual(scaled(4000, 3000), [1600, 1200])
  assert.deepEqual(scaled(3000, 4000), [1200, 1600])
  assert.deepEqual(scaled(640, 480), [640, 480])
  assert.deepEqual(scaled(10_000, 1), [1600, 1])
})

test('where nothing can be kept, words stay in memory, in order, and it is said', async () => {
  const outbox = await openOutbox('s1')
  assert.equal(outbox.lasting, false)
  outbox.keep({ client_id: 'b', session_id: 's1', text: 'two', at: 2 })
  outbox.keep({ client_id: 'a', session_id: 's1', text: 'one', at: 1 })
  assert.deepEqual((await outbox.all()).map(({ text }) => text), ['one', 'two'])
  outbox.drop('a')
  assert.equal((await outbox.all()).length, 1)
  outbox.wipe()
  assert.equal((await outbox.all()).length, 0)
})

test('a text that the catalogue lacks is said in English, with its values', () => {
  const { say } = words('fr', { Send: 'Envoyer' })
  assert.equal(say('Send'), 'Envoyer')
  assert.equal(say('You are talking with {names}.', { names: 'Ana' }), 'You are talking with Ana.')
  assert.equal(say('{organisation} {unknown}'), 'The house {unknown}')
})

test('values that look like slots are not filled again', () => {
  assert.equal(words().say('{name} is typing…', { name: '{organisation}' }), '{organisation} is typing…')
})

test('how long a call goes on is shown as by a clock, how long it took in words', () => {
  const { duration, span } = words()
  assert.deepEqual([-1, 9, 187.9, 3661].map(duration), ['0:00', '0:09', '3:07', '61:01'])
  assert.deepEqual([1, 5.9, 45, 119, 600].map(span), ['1 second', '5 seconds', '45 seconds', '1 minute', '10 minutes'])
  assert.equal(words('ar').duration(187), words('ar').count(3) + ':' + words('ar').count(0) + words('ar').count(7))
})

test('sizes are short, and never nothing', () => {
  const { size } = words()
  assert.deepEqual([12, 48_213, 10_000_000].map(size), ['1 kB', '48 kB', '10 MB'])
})
