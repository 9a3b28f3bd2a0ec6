import eslint from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import typescript from 'typescript-eslint'

/**
 * What JSON.parse and a test's matchers give has type any.
 * @type {import('eslint').Linter.RulesRecord}
 */
const looseAny = {
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/restrict-plus-operands': 'off',
}

export default defineConfig(
  globalIgnores(['out/', 'coverage/', 'test-results/', 'playwright-report/', 'bench/results/']),
  eslint.configs.recommended,
  typescript.configs.strictTypeChecked,
  typescript.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    // No exceptions by comment: what needs one is wrong, or the rule is.
    linterOptions: { noInlineConfig: true },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],

      // After an await, what was narrowed before may be another by now, which this rule does not know.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // With noUncheckedIndexedAccess, `!` says what the reader can see and the compiler cannot.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      // A Map in a class is not always a reactive one.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // What the program is told comes in by its entries, is parsed once there, and passed down.
    files: ['src/**'],
    ignores: ['src/main/headless.ts', 'src/main/app/index.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only entries read the environment.' },
      ],
      'no-restricted-imports': [
        'error',
        { name: 'node:process', importNames: ['env', 'default'], message: 'Only entries read the environment.' },
      ],
    },
  },
  {
    // The other layers are kept by .dependency-cruiser.js, which does not see the imports of types in components.
    files: ['src/renderer/src/components/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/(session|platform|main)/', message: 'Components know state, and types of shared.' }] },
      ],
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: typescript.parser } } },
  {
    files: ['src/renderer/**', 'src/main/server/rest/docs/**', 'test/support/standin/page/**', 'test/app/support/sample/page.js'],
    languageOptions: { globals: globals.browser },
  },
  // It draws a document that it has no types of.
  { files: ['src/main/server/rest/docs/**'], rules: { '@typescript-eslint/no-unsafe-call': 'off' } },
  // Pages that do not come over TLS have no other way to copy than a deprecated one.
  { files: ['src/renderer/src/platform/browser.ts'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], languageOptions: { globals: globals.node }, rules: looseAny },
  // Playwright reads from the pattern which fixtures a fixture needs: none is `{}`.
  { files: ['test/**', 'bench/**', 'examples/**'], rules: { ...looseAny, 'no-empty-pattern': 'off' } },
  {
    // The shape of Electron's API, not ours; nothing here has types, and pages and Node get functions put in front of theirs.
    files: ['test/support/standin/**', 'test/app/support/sample/**'],
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
