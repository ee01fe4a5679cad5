package epcis

import (
	"slices"
	"strings"
)

// WordKind names one of the vocabularies whose standard values have a bare
// word, a Web URI and, most of them, a URN (CBV 2.0, clause 7; EPCIS 2.0 ontology).
type WordKind uint8

// The vocabularies.
const (
	BizSteps WordKind = iota
	Dispositions
	TransactionTypes
	SourceTypes // of sources and of destinations
	ErrorReasons
	Components
	MeasurementTypes
	Exceptions
)

// vocabulary holds the words of one kind, sorted, and what stands before them in
// the other two spellings.
type wordList struct {
	web, urn, curie string
	words           []string
}

func listOf(kind WordKind) wordList { return wordLists[kind] }

// wordLists is never changed.
var wordLists = [...]wordList{
	BizSteps: {"cbv/BizStep-", "bizstep:", "cbv:BizStep-", sorted(`accepting arriving assembling collecting commissioning consigning
		creating_class_instance cycle_counting decommissioning departing destroying disassembling dispensing encoding entering_exiting
		holding inspecting installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
		retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping`)},
	Dispositions: {"cbv/Disp-", "disp:", "cbv:Disp-", sorted(`active available completeness_inferred completeness_verified conformant
		container_closed container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
		mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled
		reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown`)},
	TransactionTypes: {"cbv/BTT-", "btt:", "cbv:BTT-", sorted(`bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt`)},
	SourceTypes:      {"cbv/SDT-", "sdt:", "cbv:SDT-", sorted(`location owning_party possessing_party`)},
	ErrorReasons:     {"cbv/ER-", "er:", "cbv:ER-", sorted(`did_not_occur incorrect_data`)},
	Components: {"cbv/Comp-", "", "cbv:Comp-", sorted(`x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting
		northing latitude longitude altitude`)},
	MeasurementTypes: {"voc/", "", "gs1:", sorted(`AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude AmountOfSubstance
		AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance Conductance Conductivity Count
		Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity
		ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance
		LuminousFlux LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime
		MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity RelativeHumidity Resistance
		Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate
		VolumeFraction VolumetricFlux Wavenumber`)},
	Exceptions: {"voc/", "", "gs1:", sorted(`ALARM_CONDITION ERROR_CONDITION`)},
}

func sorted(words string) []string {
	list := strings.Fields(words)
	slices.Sort(list)
	return list
}

// Words lists the standard values of a vocabulary, in the order of the alphabet.
func Words(kind WordKind) []string { return slices.Clone(listOf(kind).words) }

// IsWord tells whether a text is the bare word of a standard value.
func IsWord(kind WordKind, text string) bool {
	_, found := slices.BinarySearch(listOf(kind).words, text)
	return found
}

// Word gives the normal form of a value: the bare word of a standard value in
// whatever spelling, the full URI of any other. A prefix is looked up in c, which
// may be nil.
func Word(kind WordKind, text string, c *Context) string {
	text = strings.TrimSpace(text)
	colon := strings.IndexByte(text, ':')
	if colon < 0 {
		return text
	}
	list := listOf(kind)
	if word, ok := list.strip(text); ok {
		return word
	}
	if space, ok := c.Space(text[:colon]); ok {
		full := space + text[colon+1:]
		if word, ok := list.strip(full); ok {
			return word
		}
		return full
	}
	return text
}

// strip takes the spelling off a standard value.
func (l wordList) strip(text string) (string, bool) {
	rest := ""
	switch {
	case strings.HasPrefix(text, "urn:epcglobal:cbv:"):
		if l.urn == "" || !strings.HasPrefix(text[18:], l.urn) {
			return "", false
		}
		rest = text[18+len(l.urn):]
	case strings.HasPrefix(text, l.curie):
		rest = text[len(l.curie):]
	case strings.HasPrefix(text, "http"):
		after := strings.TrimPrefix(strings.TrimPrefix(text[4:], "s"), "://")
		host, path, _ := strings.Cut(after, "/")
		switch host {
		case "ref.gs1.org", "ns.gs1.org", "gs1.org", "www.gs1.org":
		default:
			return "", false
		}
		if !strings.HasPrefix(path, l.web) {
			return "", false
		}
		rest = path[len(l.web):]
	default:
		return "", false
	}
	_, found := slices.BinarySearch(l.words, rest)
	return rest, found
}

// WebURI gives the Web URI of a bare word; other texts stay as they are.
func WebURI(kind WordKind, word string) string {
	if !IsWord(kind, word) {
		return word
	}
	if kind == MeasurementTypes || kind == Exceptions {
		return "https://gs1.org/" + listOf(kind).web + word
	}
	return "https://ref.gs1.org/" + listOf(kind).web + word
}

// WordURN gives the URN of a bare word, or its Web URI where the vocabulary has no
// URNs; other texts stay as they are.
func WordURN(kind WordKind, word string) string {
	urn := listOf(kind).urn
	if urn == "" || !IsWord(kind, word) {
		return WebURI(kind, word)
	}
	return "urn:epcglobal:cbv:" + urn + word
}
