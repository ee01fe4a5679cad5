import { catalogue } from './catalogue'

export const signIn = catalogue({
  title: 'Sign in',
  lead: 'Every bottle has a story. Sign in to see yours.',
  email: 'E-mail',
  password: 'Password',
  key: 'API key',
  keyHint: 'Starts with tl_. On an empty data folder the key in TAGLINE_BOOTSTRAP_KEY is an owner.',
  submit: 'Sign in',
  withKey: 'Use an API key',
  withPassword: 'Use e-mail and password',
  withLink: 'You have a one-time link',
  withLinkHint: 'Open it in this browser. It works once, then it is spent.',
  signingIn: 'Signing you in by your link',
  first: 'Nobody has signed in yet',
  firstHint: 'The server printed a one-time link when it started. Open that link in this browser, or sign in with the bootstrap key.',
  version: (v: string) => `Tagline ${v}`,
})
