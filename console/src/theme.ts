import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'
import { ui } from './text/ui'

const ink: MantineColorsTuple = [
  '#EDF5F2', '#DDEBE5', '#BFDDD2', '#9DD3C0', '#7CC7AE', '#5FAE94', '#46937B', '#2E7A63', '#1A5C4A', '#124738',
]

// The library's greys become ours, so that its parts stand on the same paper.
const gray: MantineColorsTuple = [
  '#F7F6F2', '#EFEDE6', '#E2DFD6', '#E2DFD6', '#8C877B', '#8C877B', '#626964', '#545C57', '#1D2421', '#1D2421',
]
const dark: MantineColorsTuple = [
  '#ECEFEA', '#A9B3AC', '#8B958F', '#707A74', '#3A423D', '#2E3531', '#222724', '#1A1E1B', '#121513', '#0D100E',
]

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 4 },
  colors: { ink, gray, dark },
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--sans)', fontWeight: '620' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.1875rem' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '12px', xl: '999px' },
  defaultRadius: 'sm',
  breakpoints: { xs: '30em', sm: '48em', md: '64em', lg: '85em', xl: '100em' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  // Filled controls take their ink from the tokens: the library's own choice of
  // black or white misses 4.5 to 1 in the dark scheme.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input)
    const primary = !input.color || input.color === 'ink'
    if (primary && input.variant === 'filled') {
      return { ...colors, background: 'var(--accent)', hover: 'var(--accent-hover)', color: 'var(--on-accent)' }
    }
    if (primary && (input.variant === 'light' || input.variant === 'subtle')) {
      const background = input.variant === 'light' ? 'var(--accent-soft)' : 'transparent'
      return { ...colors, background, hover: 'var(--accent-soft)', color: 'var(--accent)' }
    }
    return colors
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    CloseButton: { defaultProps: { 'aria-label': ui.close } },
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': ui.showSecret } } },
    // Its head is no second banner of the page.
    Modal: { defaultProps: { radius: 'lg', centered: true, transitionProps: { duration: 120 }, attributes: { header: { role: 'none' } } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false } },
  },
})

// Mantine's own variables follow the tokens, which carry both schemes.
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--bg)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-2)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-default': 'var(--card)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--text-3)',
    '--mantine-color-disabled-border': 'var(--line)',
  },
  light: {},
  dark: {},
})
