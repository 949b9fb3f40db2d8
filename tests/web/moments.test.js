// @ts-check
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { clock, inWords, opens, until } from '../../tc_server/web/js/moments.js'
import { fill } from '../../tc_server/web/js/words.js'

process.env.TZ = 'Africa/Addis_Ababa'
const PLANNED = Date.parse('2026-03-04T11:30:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Browsers put spaces that don't break beside numbers. @param {string} text */
const plain = (text) => text.replace(/\s/g, ' ')

test('what is planned is told in the time zone of the phone, which is named', () => {
  assert.deepEqual(Object.values(inWords(PLANNED, 'en')).map(plain), ['Wednesday, March 4, 2026', '2:30 PM Ethiopia Time'])
  assert.deepEqual(Object.values(inWords(PLANNED, 'fr')).map(plain), ['mercredi 4 mars 2026', '14:30 heure : Éthiopie'])
})

test('it can be joined from a quarter of an hour before', () => {
  assert.equal(plain(clock(opens(PLANNED), 'en')), '2:15 PM')
})

test('how far away it is, is said as people say it', () => {
  const far = [[16 * MINUTE, 'in 16 minutes'], [15.2 * MINUTE, 'in 16 minutes'], [100 * MINUTE, 'in 100 minutes'], [3.2 * HOUR, 'in 3 hours'], [23 * HOUR, 'in 23 hours'], [25 * HOUR, 'tomorrow'], [73 * HOUR, 'in 3 days']]
  for (const [left, said] of far) assert.equal(until(PLANNED, PLANNED - Number(left), 'en'), said)
  assert.equal(until(PLANNED, PLANNED - 49 * HOUR, 'ar'), 'بعد الغد')
  assert.equal(until(PLANNED, PLANNED + HOUR, 'en'), 'this minute')
})

test('days are those of the calendar on the wall', () => {
  const late = Date.parse('2026-03-02T20:30:00Z')
  assert.equal(until(PLANNED, late, 'en'), 'in 2 days')
  assert.equal(until(Date.parse('2026-03-04T03:00:00Z'), late, 'en'), 'in 2 days')
})

test('slots are filled once, and a text without a value keeps its own', () => {
  assert.equal(fill('{date}, {time} {other}', { date: '{time}', time: '2' }), '{time}, 2 {other}')
})
