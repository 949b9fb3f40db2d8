// @ts-check
/** Files on their way to and from the server, with progress. Knows HTTP and nothing of the page. */

/** @typedef {(share: number) => void} Progress from 0 to 1 */

/** The transfer failed for good (`code`) or because the link broke (`code` null: try again later). */
export class TransferError extends Error {
  /** @param {string | null} code */
  constructor(code) {
    super(code || 'the link broke')
    this.code = code
  }
}

/**
 * Send a file; sending it again under the same client id changes nothing.
 * @param {string} session_id @param {string} client_id @param {Blob} blob @param {string} name
 * @param {Progress} progress @param {AbortSignal} signal
 * @returns {Promise<import('./state.js').Message>}
 */
export async function putFile(session_id, client_id, blob, name, progress, signal) {
  const request = new XMLHttpRequest()
  request.open('PUT', `/api/v1/sessions/${session_id}/files/${client_id}`)
  request.responseType = 'json'
  request.setRequestHeader('Content-Type', blob.type)
  request.setRequestHeader('X-File-Name', encodeURIComponent(name))
  request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
  return done(request, blob, signal)
}

/**
 * Fetch a file.
 * @param {string} session_id @param {import('./state.js').File} file
 * @param {Progress} progress @param {AbortSignal} signal @returns {Promise<Blob>}
 */
export async function getFile(session_id, { file_id, size }, progress, signal) {
  const request = new XMLHttpRequest()
  request.open('GET', fileUrl(session_id, file_id))
  request.responseType = 'blob'
  request.onprogress = ({ loaded }) => progress(Math.min(1, loaded / size))
  return done(request, null, signal)
}

/** @param {string} session_id @param {string} file_id */
export function fileUrl(session_id, file_id) {
  return `/api/v1/sessions/${session_id}/files/${file_id}`
}

/** @param {XMLHttpRequest} request @param {Blob | null} body @param {AbortSignal} signal @returns {Promise<any>} */
function done(request, body, signal) {
  return new Promise((resolve, reject) => {
    request.onload = () => {
      if (request.status < 300) resolve(request.response)
      else reject(new TransferError(refusal(request)))
    }
    request.onerror = request.ontimeout = () => reject(new TransferError(null))
    request.onabort = () => reject(new TransferError('aborted'))
    signal.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

/** Tell why the server refused, null where trying again later may help. @param {XMLHttpRequest} request */
function refusal({ status, response, responseType }) {
  if (status === 429 || status >= 500) return null
  if (responseType === 'json' && response && response.code) return response.code
  return status === 413 ? 'file_size' : 'not_sent'
}
