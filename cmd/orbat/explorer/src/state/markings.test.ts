import { expect, it } from 'vitest'
import { highest } from './markings'

const scales = [
  ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'],
  ['UNCLASSIFIED', 'RESTRICTED', 'CONFIDENTIAL', 'SECRET', 'TOP SECRET'],
]

it('is the highest of each scale, with every caveat and whatever nobody can read', () => {
  const of = (...markings: string[]) => highest(markings, scales)
  expect(of()).toBe('')
  expect(of('TLP:GREEN', 'TLP:AMBER', 'TLP:CLEAR')).toBe('TLP:AMBER')
  expect(of('SECRET//NOFORN', 'TOP SECRET', 'CONFIDENTIAL//ORCON')).toBe('TOP SECRET//NOFORN//ORCON')
  expect(of('TLP:RED', 'RESTRICTED')).toBe('TLP:RED; RESTRICTED')
  expect(of('VS-NfD', 'TLP:GREEN')).toBe('TLP:GREEN; VS-NfD')
})
