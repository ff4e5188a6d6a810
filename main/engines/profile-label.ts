/** An image with this label, `argument`, takes a profile of one's own as `--profile-json=` (oct/quality/collection). */
export const profileLabel = 'org.scanside.image.profile'
