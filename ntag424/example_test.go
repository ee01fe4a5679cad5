package ntag424_test

import (
	"errors"
	"fmt"
	"log"

	"tagline/ntag424"
)

// A server that gets taps of tags which somebody else has encoded: the first message
// of NXP's application note AN12196 that carries encrypted file data.
func ExampleVerifier_Verify() {
	template, err := ntag424.Compile("https://my424dna.com/?picc_data={picc}&enc={enc}&cmac={mac}",
		ntag424.Options{MACFrom: "enc", Foreign: true})
	if err != nil {
		log.Fatal(err)
	}
	keys := ntag424.KeySet{Scheme: ntag424.Fixed, MetaSlot: 1, FileSlot: 2} // zeros, as in the note
	verifier, err := ntag424.NewVerifier(keys, template)
	if err != nil {
		log.Fatal(err)
	}

	tap, err := verifier.Verify("/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6")
	fmt.Println(tap.UID.Hex(), tap.Counter, string(tap.File), tap.Tier, err)

	_, err = verifier.Verify("/?picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=0000000000000000")
	fmt.Println(errors.Is(err, ntag424.ErrMAC), err)
	// Output:
	// 04958CAA5C5E80 8 xxxxxxxxxxxxxxxx 3 <nil>
	// true ntag424: mac mac at 87: the MAC does not hold
}

// The pattern of a brand's own tags: a GS1 Digital Link with the key set in the path,
// the serial number of each item, and the tamper status inside the file data.
func ExampleCompile() {
	template, err := ntag424.Compile(
		"https://id.example/t/k1/01/09506000134352/21/{serial}?p={picc}&e={enc}&m={mac}",
		ntag424.Options{File: "{tt}--------------", KeySet: "k1"})
	fmt.Println(template.Variables(), err)

	// What a chip would answer with an error, or what would be unwise, is refused.
	_, err = ntag424.Compile("https://id.example/t/k1?p={picc}&e={enc}&m={mac}", ntag424.Options{MACFrom: "mac"})
	fmt.Println(err)
	var broken *ntag424.Error
	if errors.As(err, &broken) {
		fmt.Println(broken.Rule, broken.Offset)
	}
	// Output:
	// [serial] <nil>
	// ntag424: enc_uncovered (mac_input_after_enc) enc at 35: the MAC input must start at or before the encrypted file data
	// mac_input_after_enc 35
}

// What an encoder writes into one chip.
func ExampleKeySet_Encode() {
	template, err := ntag424.Compile("https://id.example/t/k1/{serial}?p={picc}&m={mac}", ntag424.Options{KeySet: "k1"})
	if err != nil {
		log.Fatal(err)
	}
	master, err := ntag424.ParseKey("a91e03d6c47f58b20d6ce8f19b347a25") // yours comes from a vault
	if err != nil {
		log.Fatal(err)
	}
	meta, err := ntag424.ParseKey("5d2c1a90e7b3f4886a0f19c3d27be451")
	if err != nil {
		log.Fatal(err)
	}
	keys := ntag424.KeySet{
		Name: "k1", Scheme: ntag424.AN10922, Meta: meta, Master: master,
		MetaSlot: 1, FileSlot: 2, SystemID: []byte("example"),
	}

	chip, err := keys.Encode(template, ntag424.AES, map[string]string{"serial": "A1"})
	if err != nil {
		log.Fatal(err)
	}
	uid, err := ntag424.ParseUID("04518DFAA96180")
	if err != nil {
		log.Fatal(err)
	}
	file, err := keys.FileKey(uid)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(chip.URL)
	fmt.Printf("file 02: %X...\n", chip.File[:12])
	fmt.Printf("settings: %X\n", chip.Settings.Bytes())
	fmt.Println("slot 2:", file) // only its check value prints
	// Output:
	// https://id.example/t/k1/A1?p=00000000000000000000000000000000&m=0000000000000000
	// file 02: 004DD10149550469642E6578...
	// settings: 4000E0C1F0121C00000700003F0000
	// slot 2: key 1ea315
}

// A bottle without a bottle: tap it, tear its seal, tap it again.
func ExampleNewChip() {
	template, err := ntag424.Compile("https://id.example/t/demo/{serial}?p={picc}&e={enc}&m={mac}",
		ntag424.Options{File: "{tt}--------------", KeySet: "demo"})
	if err != nil {
		log.Fatal(err)
	}
	keys := ntag424.KeySet{Name: "demo", Scheme: ntag424.Fixed, MetaSlot: 1, FileSlot: 2}
	chip, err := ntag424.NewChip(keys, template, ntag424.UID{0x04, 0x51, 0x8D, 0xFA, 0xA9, 0x61, 0x80}, ntag424.LRP,
		map[string]string{"serial": "A1"})
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := ntag424.NewVerifier(keys, template)
	if err != nil {
		log.Fatal(err)
	}
	for _, before := range []func(){func() {}, chip.Open, chip.Close} {
		before()
		url, err := chip.Tap()
		if err != nil {
			log.Fatal(err)
		}
		tap, err := verifier.Verify(url)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tap.Var("serial"), tap.Counter, tap.Mode, tap.Tamper, tap.Tamper.Opened())
	}
	// Output:
	// A1 1 lrp sealed false
	// A1 2 lrp open true
	// A1 3 lrp reclosed true
}

// A tag maker asks why a tag does not verify: its file key was never written.
func ExampleDiagnose() {
	template, err := ntag424.Compile("https://id.example/t/k1?p={picc}&m={mac}", ntag424.Options{KeySet: "k1"})
	if err != nil {
		log.Fatal(err)
	}
	meta, err := ntag424.ParseKey("5d2c1a90e7b3f4886a0f19c3d27be451")
	if err != nil {
		log.Fatal(err)
	}
	keys := ntag424.KeySet{Name: "k1", Scheme: ntag424.AN10922, Meta: meta, Master: ntag424.Key{1, 2, 3}, MetaSlot: 1, FileSlot: 2, SystemID: []byte("x")}
	wrong := ntag424.KeySet{Scheme: ntag424.Fixed, Meta: meta, MetaSlot: 1, FileSlot: 2}
	chip, err := ntag424.NewChip(wrong, template, ntag424.UID{4, 1, 2, 3, 4, 5, 6}, ntag424.AES, nil)
	if err != nil {
		log.Fatal(err)
	}
	url, err := chip.Tap()
	if err != nil {
		log.Fatal(err)
	}

	d := ntag424.Diagnose(keys, template, url)
	fmt.Println(d.OK, d.Step, d.Tap.Counter)
	for _, cause := range d.Causes {
		fmt.Printf("%s: %s; %s\n", cause.Name, cause.Message, cause.Fix)
	}
	// Output:
	// false mac 1
	// factory_tag_key: the file key is still the factory's zeros; write the keys of KeySet.SlotKey into the chip
}
