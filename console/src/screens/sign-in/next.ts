/** Where to go after signing in: only a path of ours, an address from elsewhere is not followed. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/'
}
