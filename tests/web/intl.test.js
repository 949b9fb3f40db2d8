// @ts-check
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { teach } from '../../tc_server/web/js/intl.js'
import { clock, inWords, until } from '../../tc_server/web/js/moments.js'
import { inLanguage } from '../../tc_server/web/js/words.js'

process.env.TZ = 'Africa/Lagos'
const TIME = Date.parse('2026-03-04T14:05:00Z')
const HOUR = 3_600_000
const KNOWN = { digits: '0123456789', decimal: '.', periods: /** @type {[string, string]} */ (['SF', 'YM']) }
const UNITS = {
  second_one: 'daƙiƙa 1', second: 'daƙiƙoƙi {number}', minute_one: 'minti 1', minute: 'mintoci {number}', in_minute_one: 'cikin minti 1',
  in_minute: 'cikin mintoci {number}', in_hour_one: 'cikin awa 1', in_hour: 'cikin awanni {number}', in_day: 'cikin kwanaki {number}',
  today: 'Yau', yesterday: 'Jiya', tomorrow: 'Gobe',
}
const MONTHS = ['Janairu', 'Fabrairu', 'Maris', 'Afrilu', 'Mayu', 'Yuni', 'Yuli', 'Agusta', 'Satumba', 'Oktoba', 'Nuwamba', 'Disamba']
const DAYS = ['Litinin', 'Talata', 'Laraba', 'Alhamis', 'Jumma’a', 'Asabar', 'Lahadi']
// Made-up codes: Node knows the true ones.
teach('qha', { ...KNOWN, units: UNITS, months: MONTHS, days: DAYS, date: 'EEEE d MMMM, y', day: 'EEEE d MMMM', time: 'HH:mm', list: ['{0}, {1}', '{0}, da {1}', '{0} da {1}'] })
teach('qmy', { ...KNOWN, digits: '၀၁၂၃၄၅၆၇၈၉', decimal: '٫', units: UNITS, months: MONTHS, days: DAYS, date: 'y MMMM d EEEE', day: 'MMMM d EEEE', time: 'h:mm a', list: ['{0} - {1}', '{0}နှင့် {1}', '{0}နှင့် {1}'] })
const hausa = inLanguage(/** @type {any} */ ({ language: 'qha', said: {}, texts: {} }))
const burmese = inLanguage(/** @type {any} */ ({ language: 'qmy', said: {}, texts: {} }))

test('dates and times are in the language, on the wall of the phone', () => {
  assert.deepEqual(inWords(TIME, 'qha'), { date: 'Laraba 4 Maris, 2026', clock: '15:05' })
  assert.equal(clock(TIME, 'qmy'), '၃:၀၅\u00a0YM')
  assert.equal(clock(TIME - 15 * HOUR, 'qmy'), '၁၂:၀၅\u00a0SF')
  assert.equal(hausa.time(TIME), '15:05')
})

test('days nearby have names, others a date', () => {
  assert.deepEqual([-24, 0, 24, 48].map((hours) => hausa.day(TIME + hours * HOUR, TIME)), ['Jiya', 'Yau', 'Gobe', 'Jumma’a 6 Maris'])
})

test('what is to come is told in the number that it has', () => {
  assert.deepEqual([1, 5].map((minutes) => until(TIME + minutes * 60_000, TIME, 'qha')), ['cikin minti 1', 'cikin mintoci 5'])
  assert.equal(until(TIME + 5 * HOUR, TIME, 'qmy'), 'cikin awanni ၅')
  assert.equal(until(TIME + 24 * HOUR, TIME, 'qha'), 'Gobe')
  assert.equal(until(TIME + 72 * HOUR, TIME, 'qha'), 'cikin kwanaki 3')
})

test('numbers, spans and sizes are written with its digits', () => {
  assert.equal(burmese.count(1234), '၁၂၃၄')
  assert.equal(burmese.duration(65), '၁:၀၅')
  assert.equal(burmese.percent(0.5), '၅၀%')
  assert.deepEqual([1, 61, 300].map(hausa.span), ['daƙiƙa 1', 'minti 1', 'mintoci 5'])
  assert.equal(burmese.minutes(1), 'minti ၁')
  assert.equal(burmese.size(2_500_000), '၂٫၅ MB')
})

test('names are joined as a list', () => {
  assert.deepEqual([[], ['A'], ['A', 'B'], ['A', 'B', 'C']].map(hausa.list), ['', 'A', 'A da B', 'A, B, da C'])
})

test('every other language stays as it was', () => {
  assert.equal(new Intl.NumberFormat('de', { minimumFractionDigits: 1 }).format(2), '2,0')
  assert.equal(new Intl.DateTimeFormat('fr', { month: 'long' }).format(TIME), 'mars')
  assert.deepEqual(Intl.NumberFormat.supportedLocalesOf('en'), ['en'])
  assert.ok(new Intl.DateTimeFormat() instanceof Intl.DateTimeFormat)
})
