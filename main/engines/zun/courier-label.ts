/** The label of an image that fetches its inputs and sends its results home by itself (`images/oct-quality/courier`); its value is a version. */
export const courierLabel = 'org.scanside.courier'

/** The version of what a courier is told and tells (`main/engines/remote/job.ts`). */
export const courierVersion = '1'
