/** A moment as the device's clock shows it: this desk's zone. */
const two = (value: number) => String(value).padStart(2, '0')

/** `YYYY-MM-DD` and `HH:MM:SS`. */
export const localTime = (date: Date): { day: string; time: string } => ({
  day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
})
