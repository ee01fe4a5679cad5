package ntag424

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"math/big"
)

// nxpKey is NXP's public point for this chip family (AN12196, section 8.2).
const nxpKey = "048a9b380af2ee1b98dc417fecc263f8449c7625cece82d9b916c992da209d68422b81ec20b65a66b5102a61596af3379200599316a00a1410"

// VerifyOriginality checks the answer of Read_Sig (56 bytes r|s) against NXP's key
// for this chip family. It proves that NXP made a chip with that UID, not that this
// is it: the signature is static and can be copied. It fails with ErrOriginality.
func VerifyOriginality(uid UID, signature []byte) error {
	point, err := hex.DecodeString(nxpKey)
	if err != nil {
		return fail(ErrOriginality, "", -1, "the public key is not readable")
	}
	return verifySignature(point, uid, signature)
}

// verifySignature is ECDSA on secp224r1, over the bare UID in place of a digest.
func verifySignature(point []byte, uid UID, signature []byte) error {
	if len(signature) != 56 {
		return fail(ErrOriginality, "signature", len(signature), "a signature has 56 bytes")
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P224(), point)
	if err != nil {
		return fail(ErrOriginality, "", -1, "not a point of secp224r1")
	}
	r, s := new(big.Int).SetBytes(signature[:28]), new(big.Int).SetBytes(signature[28:])
	if !ecdsa.Verify(pub, uid[:], r, s) {
		return fail(ErrOriginality, "signature", -1, "not NXP's signature of this UID")
	}
	return nil
}
