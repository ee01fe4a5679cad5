package main

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tagline/internal/inspect"
)

func newInspect(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "inspect STRING",
		Short: "Explain a GS1 string, a Digital Link, an EPC or a tag's URL",
		Long: `Explain any code that a scanner or a phone delivers, as JSON: what it is, what its parts
mean, and where it is wrong, the exact place and the reason. With - the code is read from
standard input. The field words says it all in a few plain sentences. Exit code 1 means that the code is not valid.`,
		Example: `  tagline inspect 'https://id.example/01/09506000134352/10/L1/21/A1?17=270101'
  tagline inspect '(01)09506000134352(10)L1'
  tagline inspect 'https://id.example/CwH45ZeyuRNfIs0OZFSJH'
  tagline inspect 'urn:epc:id:sgtin:0614141.112345.400'
  tagline inspect ']E09506000134352'
  tagline inspect 'https://id.example/t/k1/x?p=EF963FF7828658A599F3041510671E88&m=94EED9EE65337086'`,
		Args: argsAre(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			input := args[0]
			if input == "-" {
				text, err := io.ReadAll(io.LimitReader(s.in, inspect.MaxInput+2))
				if err != nil {
					return err
				}
				input = strings.TrimRight(string(text), "\r\n")
			}
			report := inspect.Explain(input)
			encoder := json.NewEncoder(s.out)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(report); err != nil {
				return err
			}
			if !report.Valid {
				return errRefused
			}
			return nil
		},
	}
}
