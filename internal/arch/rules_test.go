package arch_test

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tagline/internal/arch"
)

// calls visits every pkg.Name(...) of a file whose pkg is an import of that path.
func calls(f source, importPath string, visit func(name string, pos token.Pos)) {
	local := ""
	for _, spec := range f.ast.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		if p != importPath {
			continue
		}
		local = p[strings.LastIndex(p, "/")+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
	}
	if local == "" {
		return
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == local && id.Obj == nil {
			visit(sel.Sel.Name, sel.Pos())
		}
		return true
	})
}

func TestTimeAndChanceArePassedIn(t *testing.T) {
	for _, f := range tree(t) {
		calls(f, "time", func(name string, pos token.Pos) {
			if name == "Sleep" {
				t.Errorf("%s: time.Sleep: wait for a condition, or for the clock that was handed in", f.at(pos))
			}
			reads := []string{"Now", "Since", "Until", "Tick", "NewTicker", "After", "AfterFunc", "NewTimer"}
			if !f.test && slices.Contains(reads, name) && !slices.Contains(arch.MayReadTimeAndChance(), f.pkg) {
				t.Errorf("%s: time.%s: take a clock.Clock", f.at(pos), name)
			}
		})
		if f.test || slices.Contains(arch.MayReadTimeAndChance(), f.pkg) {
			continue
		}
		for _, source := range []string{"math/rand", "math/rand/v2", "crypto/rand"} {
			calls(f, source, func(name string, pos token.Pos) {
				if slices.Contains([]string{"New", "NewPCG", "NewChaCha8", "Rand", "Source", "PCG", "ChaCha8"}, name) {
					return // a generator whose seed is handed in
				}
				t.Errorf("%s: %s.%s: take an io.Reader or a seeded generator", f.at(pos), source, name)
			})
		}
	}
}

func TestNothingHappensBeforeMain(t *testing.T) {
	for _, f := range tree(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: do it in New", f.at(fn.Pos()))
			}
		}
	}
}

// TestPackageVariablesStayAsTheyAre finds writes to variables at package level.
// Tables, sentinels and compiled patterns may stand there; state may not.
func TestPackageVariablesStayAsTheyAre(t *testing.T) {
	for pkg, files := range packages(tree(t)) {
		global := map[string]bool{}
		for _, f := range files {
			if f.test {
				continue
			}
			for _, d := range f.ast.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.VAR {
					continue
				}
				for _, spec := range g.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						if name.Name != "_" {
							global[name.Name] = true
						}
					}
				}
			}
		}
		for _, f := range files {
			if f.test {
				continue
			}
			for _, d := range f.ast.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					var targets []ast.Expr
					switch s := n.(type) {
					case *ast.AssignStmt:
						if s.Tok != token.DEFINE {
							targets = s.Lhs
						}
					case *ast.IncDecStmt:
						targets = []ast.Expr{s.X}
					}
					for _, target := range targets {
						id := root(target)
						if id != nil && global[id.Name] && !declaredIn(id, fn) {
							t.Errorf("%s: package %s writes its variable %s: hold state in a value that New makes", f.at(id.Pos()), pkg, id.Name)
						}
					}
					return true
				})
			}
		}
	}
}

// root gives the identifier that an assignable expression begins with.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// declaredIn reports whether an identifier was declared inside fn, parameters included.
func declaredIn(id *ast.Ident, fn *ast.FuncDecl) bool {
	return id.Obj != nil && id.Obj.Pos() >= fn.Pos() && id.Obj.Pos() < fn.End()
}

func TestOnlyTheCommandPrints(t *testing.T) {
	for _, f := range tree(t) {
		if f.test || strings.HasPrefix(f.pkg, "cmd/") || slices.Contains(arch.Beside(), f.pkg) {
			continue
		}
		calls(f, "fmt", func(name string, pos token.Pos) {
			if strings.HasPrefix(name, "Print") {
				t.Errorf("%s: fmt.%s: log by slog, or write to a writer that was handed in", f.at(pos), name)
			}
		})
		calls(f, "log", func(name string, pos token.Pos) {
			t.Errorf("%s: log.%s: log by slog", f.at(pos), name)
		})
		calls(f, "os", func(name string, pos token.Pos) {
			if slices.Contains([]string{"Exit", "Stdout", "Stderr", "Stdin", "Args"}, name) {
				t.Errorf("%s: os.%s belongs to the command", f.at(pos), name)
			}
		})
	}
}

// TestEveryTableHasOneOwner reads the migrations: a table's name begins with the
// name of its package, and no other package's code names it in a string.
func TestEveryTableHasOneOwner(t *testing.T) {
	create := regexp.MustCompile(`(?i)CREATE TABLE(?: IF NOT EXISTS)? (\w+)`)
	files, err := filepath.Glob(filepath.Join("..", "sqldb", "migrations", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations found: %v", err)
	}
	owners := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range create.FindAllStringSubmatch(string(text), -1) {
			owner, _, _ := strings.Cut(m[1], "_")
			if owner == "schema" {
				owner = "sqldb"
			}
			owners[m[1]] = "internal/" + owner
		}
	}
	have := packages(tree(t))
	for table, owner := range owners { // a room of a room is named by its last word alone
		if _, ok := have[owner]; ok {
			continue
		}
		for pkg := range have {
			if strings.HasPrefix(pkg, "internal/") && path.Base(pkg) == path.Base(owner) {
				owners[table] = pkg
			}
		}
	}
	use := regexp.MustCompile(`(?i)\b(?:FROM|INTO|UPDATE|JOIN)\s+(\w+)`)
	for table, owner := range owners {
		if _, ok := have[owner]; !ok {
			t.Errorf("table %s should belong to package %s, which does not exist", table, owner)
		}
	}
	for _, f := range tree(t) {
		if f.test || f.pkg == "internal/sqldb" || f.pkg == "internal/sqldb/sqldbtest" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, m := range use.FindAllStringSubmatch(lit.Value, -1) {
				if owner, isTable := owners[m[1]]; isTable && owner != f.pkg {
					t.Errorf("%s: table %s belongs to %s: ask that package", f.at(lit.Pos()), m[1], owner)
				}
			}
			return true
		})
	}
}
