package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tagline/internal/app"
)

// serverFlags are shared by serve and demo.
type serverFlags struct {
	data         string
	listen       string
	db           string
	baseURL      string
	cert         string
	key          string
	country      string
	privateHooks bool
	address      string
	mqtt         string
	mqtts        string
	profile      string
	log          logFlags
}

func (f *serverFlags) add(c *cobra.Command, data, listen string) {
	c.Flags().StringVar(&f.data, "data", data, "data folder; made when it is missing")
	c.Flags().StringVar(&f.listen, "listen", listen, "address to listen on, HOST:PORT; port 0 takes a free one")
	c.Flags().StringVar(&f.db, "db", "", "database URL, postgres://…; without it SQLite in the data folder")
	c.Flags().StringVar(&f.baseURL, "base-url", "", "how the outside reaches this server, https://id.example (default: the address it listens on)")
	c.Flags().StringVar(&f.cert, "tls-cert", "", "certificate chain in PEM: the server speaks TLS itself; renewed files are taken up without a restart")
	c.Flags().StringVar(&f.key, "tls-key", "", "private key of the certificate, in PEM")
	c.Flags().BoolVar(&f.privateHooks, "allow-private-webhooks", false, "let subscriptions call addresses that are not public: for servers in a closed network")
	c.Flags().StringVar(&f.country, "country-header", "", "request header in which a trusted proxy names the visitor's country; without it the language's region is taken")
	c.Flags().StringVar(&f.address, "address-header", "", "request header in which a trusted proxy names the visitor's address; without it the connection's is taken")
	c.Flags().StringVar(&f.mqtt, "mqtt", "", "address for devices that speak MQTT without TLS, HOST:PORT; on this machine only, unless a proxy in front speaks TLS")
	c.Flags().StringVar(&f.mqtts, "mqtts", "", "address for devices that speak MQTT over TLS, HOST:PORT; needs --tls-cert and --tls-key")
	c.Flags().StringVar(&f.profile, "mqtt-profile", "product", "product, or conformance: a general broker for test suites of the protocol, on this machine and a fresh data folder only")
	f.log.add(c)
}

// checkMQTT checks what stands about MQTT.
func (f *serverFlags) checkMQTT() error {
	for flag, address := range map[string]string{"--mqtt": f.mqtt, "--mqtts": f.mqtts} {
		if address == "" {
			continue
		}
		if err := checkAddress(flag, address); err != nil {
			return err
		}
	}
	if f.mqtts != "" && f.cert == "" {
		return misuse{errors.New("--mqtts needs --tls-cert and --tls-key")}
	}
	switch f.profile {
	case "product":
		return nil
	case "conformance":
	default:
		return misuse{fmt.Errorf("--mqtt-profile %q: it is product or conformance", f.profile)}
	}
	if host, _, err := net.SplitHostPort(f.mqtt); err != nil || !loopback(host) || f.mqtts != "" {
		return misuse{errors.New("--mqtt-profile conformance lets everybody do everything: it needs --mqtt on this machine, such as 127.0.0.1:1883, and no --mqtts")}
	}
	if _, err := os.Stat(filepath.Join(f.data, "tagline.db")); err == nil || f.db != "" {
		return misuse{errors.New("--mqtt-profile conformance never stands before real data: name a --data folder that is fresh, and no --db")}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// config checks the flags and makes the configuration of the server.
func (f *serverFlags) config(s *streams) (app.Config, error) {
	log, err := f.log.logger(s.err)
	if err != nil {
		return app.Config{}, err
	}
	if f.data == "" {
		return app.Config{}, misuse{errors.New("--data is empty: name a folder")}
	}
	if err := checkListen(f.listen); err != nil {
		return app.Config{}, err
	}
	if err := checkDatabase(f.db); err != nil {
		return app.Config{}, err
	}
	if err := f.checkMQTT(); err != nil {
		return app.Config{}, err
	}
	if (f.cert == "") != (f.key == "") {
		return app.Config{}, misuse{errors.New("--tls-cert and --tls-key go together: give both, or neither")}
	}
	if f.baseURL != "" {
		u, err := url.Parse(f.baseURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
			return app.Config{}, misuse{fmt.Errorf("--base-url %q: it is a scheme and a host, such as https://id.example", f.baseURL)}
		}
	}
	return app.Config{
		Version:       version,
		Data:          f.data,
		Database:      f.db,
		Listen:        f.listen,
		BaseURL:       f.baseURL,
		TLSCert:       f.cert,
		TLSKey:        f.key,
		CountryHeader: f.country, PrivateWebhooks: f.privateHooks,
		AddressHeader: f.address,
		MQTT:          f.mqtt, MQTTS: f.mqtts, MQTTConformance: f.profile == "conformance",
		BootstrapKey: s.getenv("TAGLINE_BOOTSTRAP_KEY"),
		Log:          log,
	}, nil
}

// checkListen tells an address that can never work from one that is taken.
func checkListen(address string) error { return checkAddress("--listen", address) }

func checkAddress(flag, address string) error {
	_, port, err := net.SplitHostPort(address)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
		return misuse{fmt.Errorf("%s %q: it is HOST:PORT, such as 127.0.0.1:8080", flag, address)}
	}
	return nil
}

func checkDatabase(address string) error {
	if address == "" || strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") || strings.Contains(address, "host=") {
		return nil
	}
	return misuse{errors.New("--db: it is postgres://USER@HOST/DATABASE; leave it out for SQLite in the data folder")}
}

func newServe(s *streams) *cobra.Command {
	var flags serverFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server until SIGTERM, then drain",
		Long: `Run the server until it receives SIGTERM or SIGINT; then it finishes what has begun and ends.

On an empty data folder the environment variable TAGLINE_BOOTSTRAP_KEY becomes the
API key of an owner; without it, a one-time sign-in link is printed.`,
		Example: `  tagline serve --data ./data --listen 127.0.0.1:8080
  tagline serve --data ./data --listen :8080 --db postgres://tagline@db/tagline --base-url https://id.example`,
		Args: argsAre(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := flags.config(s)
			if err != nil {
				return err
			}
			return serve(c.Context(), s, config, nil)
		},
	}
	flags.add(c, "data", "127.0.0.1:8080")
	return c
}

// serve runs a server and, once it is ready, beside it. When beside ends with an
// error the server is drained too.
func serve(ctx context.Context, s *streams, config app.Config, beside func(ctx context.Context, a *app.App) error) (err error) {
	if s.getenv("GOGC") == "" {
		// The live heap is small: twice the usual headroom costs a few ten megabytes
		// and saves a good part of the collector's work.
		debug.SetGCPercent(200)
	}
	a, err := app.New(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	fmt.Fprintf(s.out, "Tagline is ready at %s\n", a.URL())
	if at := a.MQTTAddress(); at != nil {
		fmt.Fprintf(s.out, "Devices speak MQTT at %s\n", at)
	}
	if link := a.SignInLink(); link != "" {
		fmt.Fprintf(s.out, "Sign in once, within a day, as the owner: %s\n", link)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	if beside != nil {
		go func() {
			err := beside(ctx, a)
			if err != nil && ctx.Err() == nil {
				cancel()
			}
			done <- err
		}()
	} else {
		done <- nil
	}
	err = a.Run(ctx)
	cancel()
	if besideErr := <-done; besideErr != nil && !errors.Is(besideErr, context.Canceled) {
		err = errors.Join(besideErr, err)
	}
	return err
}

// temporaryFolder makes a data folder that is removed at the end.
func temporaryFolder() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "tagline-")
	if err != nil {
		return "", nil, err
	}
	return filepath.Clean(dir), func() { _ = os.RemoveAll(dir) }, nil
}
