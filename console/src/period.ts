// The stretches of time that numbers are given for.
export type Period = '24h' | '7d' | '30d' | '90d'
export const periods: Period[] = ['24h', '7d', '30d', '90d']
