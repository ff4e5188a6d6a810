import { engineContract } from './contract.ts'
import { imagesContract } from './images.ts'
import { livesContract } from './lives.ts'

const endpoint = process.env.SCANSIDE_ENGINE
if (endpoint === undefined || endpoint === '') throw new Error('SCANSIDE_ENGINE must name an engine (unix:///…). Use npm run test:engine.')

engineContract(endpoint)
livesContract(endpoint)
imagesContract(endpoint)
