// @ts-check
/**
 * A picked file made ready to travel: photos scaled and encoded anew, which leaves EXIF and with it place and time behind;
 * PDFs and voice notes as they are. What can't be sent is refused here already, before it costs anybody's data.
 */

export const LONGEST_SIDE = 1600
const QUALITY = 0.82

/** The file can't be sent; `code` is the same as the server's. */
export class Unfit extends Error {
  /** @param {'file_type' | 'file_size' | 'file_broken'} code */
  constructor(code) {
    super(code)
    this.code = code
  }
}

/** @param {File} file @param {number} limit in bytes @returns {Promise<{blob: Blob, name: string}>} */
export async function prepare(file, limit) {
  const isPdf = (await file.slice(0, 1024).text()).includes('%PDF-')
  const isNamedPdf = file.type === 'application/pdf' || (!file.type && /\.pdf$/i.test(file.name))
  const isNote = file.type.startsWith('audio/')
  const isPhoto = file.type.startsWith('image/') && file.type !== 'image/svg+xml'
  if (isPdf !== isNamedPdf || !(isPdf || isPhoto || isNote)) throw new Unfit('file_type')
  const ready = isPdf || isNote
    ? { blob: file.slice(0, file.size, isPdf ? 'application/pdf' : file.type), name: file.name }
    : { blob: await encoded(file), name: `${stem(file.name)}.jpg` }
  if (ready.blob.size > limit) throw new Unfit('file_size')
  return ready
}

/** Tell the size that a picture is scaled to. @param {number} width @param {number} height @returns {[number, number]} */
export function scaled(width, height) {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(width, height))
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))]
}

/** @param {File} file @returns {Promise<Blob>} */
async function encoded(file) {
  const picture = await decoded(file)
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = scaled(picture.width, picture.height)
  const brush = canvas.getContext('2d')
  if (!brush) throw new Unfit('file_broken')
  brush.fillStyle = '#fff'
  brush.fillRect(0, 0, canvas.width, canvas.height)
  brush.imageSmoothingQuality = 'high'
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height)
  if ('close' in picture) picture.close()
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  // A canvas past the device's memory gives nothing.
  if (!blob) throw new Unfit('file_broken')
  return blob
}

/** Decode a picture, turned the way that its EXIF says. @param {File} file @returns {Promise<ImageBitmap | HTMLImageElement>} */
async function decoded(file) {
  try {
    if ('createImageBitmap' in window) return await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    // Some browsers know the function but not the option, or show pictures that it can't read.
  }
  const url = URL.createObjectURL(file)
  try {
    const picture = new Image()
    picture.src = url
    await picture.decode()
    return picture
  } catch {
    throw new Unfit('file_broken')
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** @param {string} name */
function stem(name) {
  return name.replace(/\.[^.]*$/, '') || 'photo'
}
