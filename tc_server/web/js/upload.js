// @ts-check
/** Files picked here, from the picker to the server: one at a time, again after the link broke, until they are sent or taken back. */

import { prepare } from './photo.js'
import { putFile, TransferError } from './transfer.js'

/**
 * @typedef {object} Picked
 * @property {string} client_id
 * @property {File} file
 * @property {{blob: Blob, name: string} | null} ready
 * @property {AbortController} abort
 */

/**
 * @param {object} room
 * @param {string} room.session_id
 * @param {number} room.limit in bytes
 * @param {() => string} room.newId
 * @param {(frame: import('./state.js').Frame) => void} room.tell
 * @param {(client_id: string, blob: Blob) => void} room.preview
 */
export function makeUploads({ session_id, limit, newId, tell, preview }) {
  /** @type {Picked[]} */
  let queue = []
  let busy = false

  return {
    /** @param {Iterable<File>} files */
    pick(files) {
      for (const file of files) {
        const picked = { client_id: newId(), file, ready: null, abort: new AbortController() }
        queue.push(picked)
        const { name, type, size } = file
        tell({ type: 'my-file', client_id: picked.client_id, file: { name, type, size } })
      }
      void work()
    },
    /** The link is back. */
    resume: () => void work(),
    /** @param {string} client_id */
    remove(client_id) {
      for (const picked of queue) if (picked.client_id === client_id) picked.abort.abort()
      queue = queue.filter((picked) => picked.client_id !== client_id)
      tell({ type: 'my-removal', client_id })
    },
    stop() {
      for (const picked of queue) picked.abort.abort()
      queue = []
    },
  }

  async function work() {
    if (busy) return
    busy = true
    while (queue.length && (await attempt(queue[0]))) queue.shift()
    busy = false
  }

  /** Say whether the next one may be taken up: not if the link broke. @param {Picked} picked */
  async function attempt(picked) {
    const { client_id, abort } = picked
    try {
      const { blob, name } = picked.ready || (await make(picked))
      const progress = (/** @type {number} */ share) => tell({ type: 'my-progress', client_id, progress: share })
      const message = await putFile(session_id, client_id, blob, name, progress, abort.signal)
      tell({ ...message, type: 'message' })
    } catch (error) {
      const code = /** @type {{code?: string | null}} */ (error).code
      if (error instanceof TransferError && code === null) {
        tell({ type: 'my-progress', client_id, progress: 0 })
        return false
      }
      if (code !== 'aborted') tell({ type: 'error', client_id, code: code || 'not_sent' })
    }
    return true
  }

  /** @param {Picked} picked */
  async function make(picked) {
    picked.ready = await prepare(picked.file, limit)
    const { blob, name } = picked.ready
    if (blob.type.startsWith('image/')) preview(picked.client_id, blob)
    tell({ type: 'my-progress', client_id: picked.client_id, file: { name, type: blob.type, size: blob.size } })
    return picked.ready
  }
}
